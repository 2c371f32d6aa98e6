// What runs between a fork and the server's own program: nothing but system calls, since another
// thread may have held any lock when the process was copied. Each function ends its process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace twofifty::harness::inside {

struct MountStep {
    const char* source = nullptr;
    const char* target = nullptr;
    const char* type = nullptr;
    unsigned long flags = 0;
    const char* options = nullptr;
    bool is_link = false;      ///< A symbolic link to the source is made, and nothing mounted.
    bool make_folder = false;  ///< The target is made where it is missing.
    bool read_only = false;
    /// 1 or 2: the source is opened before the first step, since one may hide it.
    int opened_first = 0;
};

/// What is mounted from here on is nobody else's.
MountStep make_private();
/// A disk in memory, empty.
MountStep disk(const char* target, const char* options);
/// `source` is seen at `target`.
MountStep bind(const char* source, const char* target, bool read_only = false);
/// A symbolic link.
MountStep link(const char* source, const char* target);

struct Program {
    char* const* words = nullptr;
    char* const* environment = nullptr;
};

/// From the child: how far it came. A sequenced packet.
struct Report {
    int step = 0;   ///< The mount step; or one of the names below.
    int error = 0;  ///< errno, or the status of the server's process.
};
inline constexpr int main_ended = -1;
inline constexpr int could_not_execute = -2;

enum class Whom : int { main, all };
/// To init: send this signal.
struct Order {
    Whom whom = Whom::main;
    int signal = 0;
};

/// Carries out the steps, reports, and waits until the other end of `control` is shut down: by then
/// somebody else holds the namespaces.
[[noreturn]] void build_world(std::span<const MountStep> steps, const char* hostname, int control);

struct InitPlaces {
    int mounts = -1;
    int names = -1;
    int control = -1;
    int input = -1;
    int output = -1;
    int log = -1;       ///< The datagram socket behind /dev/log; -1: there is none.
    int log_file = -1;  ///< Where what comes there is appended, a line a datagram.
};
/// The first process of a process namespace: starts the program, reaps what it leaves, passes
/// signals on, keeps the log, and ends, with every process inside, when the program has ended or
/// `control` is closed.
[[noreturn]] void be_init(const InitPlaces& places, const Program& program);

struct CommandPlaces {
    int mounts = -1;
    int names = -1;
    int processes = -1;  ///< -1: the machine's.
    int input = -1;
    int output = -1;
};
/// Runs the program in these namespaces and ends with its exit status.
[[noreturn]] void run_command(const CommandPlaces& places, const Program& program);

}  // namespace twofifty::harness::inside
