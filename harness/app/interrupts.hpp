#pragma once

namespace twofifty::harness {

/// Counts SIGINT and SIGTERM instead of dying of them, until destroyed. One at a time.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    int count() const;
};

}  // namespace twofifty::harness
