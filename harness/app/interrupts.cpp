#include "harness/app/interrupts.hpp"

#include <atomic>
#include <csignal>

namespace twofifty::harness {
namespace {

std::atomic<int> received{0};

extern "C" void on_signal(int) {
    received.fetch_add(1, std::memory_order_relaxed);
}

void handle(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

Interrupts::Interrupts() {
    received = 0;
    handle(on_signal);
}

Interrupts::~Interrupts() {
    handle(SIG_DFL);
}

int Interrupts::count() const {
    return received.load(std::memory_order_relaxed);
}

}  // namespace twofifty::harness
