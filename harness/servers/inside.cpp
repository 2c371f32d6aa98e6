#include "harness/servers/inside.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>

namespace twofifty::harness::inside {
namespace {

constexpr int exit_unusable = 126;
constexpr int control_place = 3;
/// Where sources stay open, and their names.
constexpr int opened_place = 100;
constexpr const char* opened_names[] = {"", "/proc/self/fd/101", "/proc/self/fd/102"};
constexpr int log_place = 4;
constexpr int log_file_place = 5;
constexpr std::size_t log_line_most = 8192;

pid_t plain_fork() {
    return static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

int take(const MountStep& step) {
    if (step.is_link) return ::symlink(step.source, step.target) == 0 ? 0 : errno;
    if (step.make_folder && ::mkdir(step.target, 0755) != 0 && errno != EEXIST) return errno;
    const char* const source =
        step.opened_first > 0 ? opened_names[step.opened_first] : step.source;
    if (::mount(source, step.target, step.type, step.flags, step.options) != 0) return errno;
    const unsigned long sealed = MS_BIND | MS_REMOUNT | MS_RDONLY;
    if (step.read_only && ::mount(nullptr, step.target, nullptr, sealed, nullptr) != 0)
        return errno;
    return 0;
}

void report(int control, int step, int error) {
    const Report message{step, error};
    if (::send(control, &message, sizeof message, MSG_NOSIGNAL) < 0) ::_exit(exit_unusable);
}

/// Only what was opened in this mount namespace can be mounted in it.
int open_first(const MountStep& step) {
    if (step.opened_first == 0) return 0;
    const int source = ::open(step.source, O_PATH | O_DIRECTORY);
    if (source < 0 || ::dup2(source, opened_place + step.opened_first) < 0) return errno;
    return ::close(source);
}

/// As a program expects to be started: no signal blocked or ignored, nothing open but 0, 1 and 2.
void become(const Program& program) {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &usual, nullptr);
    ::umask(022);
    if (::chdir("/") != 0) return;
    ::execve(program.words[0], program.words, program.environment);
}

/// Standard streams, the control socket and the log behind them; everything else is closed: a copy
/// of our end of another server's control would keep that server alive.
bool set_streams(const InitPlaces& places) {
    const bool has_log = places.log >= 0;
    const int sources[] = {places.input,   places.output, places.output,
                           places.control, places.log,    places.log_file};
    const int count = has_log ? log_file_place + 1 : control_place + 1;
    int spare[log_file_place + 1];
    for (int i = 0; i < count; ++i)
        if ((spare[i] = ::fcntl(sources[i], F_DUPFD, 64)) < 0) return false;
    for (int i = 0; i < count; ++i)
        if (::dup2(spare[i], i) < 0) return false;
    for (int i = control_place; i < count; ++i) ::fcntl(i, F_SETFD, FD_CLOEXEC);
    return ::syscall(SYS_close_range, count, UINT_MAX, 0) == 0;
}

void keep_log() {
    static char line[log_line_most + 1];
    for (ssize_t got = 0; (got = ::recv(log_place, line, log_line_most, MSG_DONTWAIT)) > 0;) {
        if (line[got - 1] != '\n') line[got++] = '\n';
        if (::write(log_file_place, line, static_cast<std::size_t>(got)) < 0) return;
    }
}

/// Tells of the program's end, if it was that, and buries whatever else has ended.
void reap(int control, pid_t main) {
    int status = 0;
    for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (ended != main) continue;
        report(control, main_ended, status);
        ::_exit(0);
    }
}

}  // namespace

MountStep make_private() {
    return {.target = "/", .flags = MS_REC | MS_PRIVATE};
}

MountStep disk(const char* target, const char* options) {
    return {.source = "tmpfs",
            .target = target,
            .type = "tmpfs",
            .options = options,
            .make_folder = true};
}

MountStep bind(const char* source, const char* target, bool read_only) {
    const bool ours = std::strncmp(target, "/run/", 5) == 0;
    return {.source = source,
            .target = target,
            .flags = MS_BIND | MS_REC,
            .make_folder = ours,
            .read_only = read_only};
}

MountStep link(const char* source, const char* target) {
    return {.source = source, .target = target, .is_link = true};
}

void build_world(std::span<const MountStep> steps, const char* hostname, int control) {
    int step = 0;
    int error = 0;
    for (; step < static_cast<int>(steps.size()) && error == 0; ++step)
        error = open_first(steps[static_cast<std::size_t>(step)]);
    if (error == 0) step = 0;
    for (; step < static_cast<int>(steps.size()) && error == 0; ++step)
        error = take(steps[static_cast<std::size_t>(step)]);
    if (error != 0) {
        --step;
    } else if (::sethostname(hostname, std::strlen(hostname)) != 0) {
        error = errno;
    }
    report(control, step, error);
    char nothing = 0;
    while (::recv(control, &nothing, 1, 0) > 0) {
    }
    ::_exit(0);
}

void be_init(const InitPlaces& places, const Program& program) {
    // Signals of our terminal are for us, who then end the server in order.
    ::setsid();
    if (::setns(places.mounts, CLONE_NEWNS) != 0 || ::setns(places.names, CLONE_NEWUTS) != 0 ||
        !set_streams(places)) {
        report(places.control, could_not_execute, errno);
        ::_exit(exit_unusable);
    }
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    ::sigprocmask(SIG_SETMASK, &children, nullptr);
    const int ended = ::signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
    const pid_t main = plain_fork();
    if (main == 0) {
        ::setsid();
        become(program);
        report(control_place, could_not_execute, errno);
        ::_exit(exit_unusable);
    }
    while (true) {
        const int log = places.log >= 0 ? log_place : -1;
        pollfd ready[3]{{control_place, POLLIN, 0}, {ended, POLLIN, 0}, {log, POLLIN, 0}};
        if (::poll(ready, 3, -1) < 0 && errno != EINTR) ::_exit(exit_unusable);
        if (log >= 0) keep_log();
        signalfd_siginfo information;
        while (::read(ended, &information, sizeof information) > 0) {
        }
        reap(control_place, main);
        if (ready[0].revents == 0) continue;
        Order order{};
        if (::recv(control_place, &order, sizeof order, 0) != sizeof order) ::_exit(0);
        ::kill(order.whom == Whom::main ? main : -1, order.signal);
    }
}

void run_command(const CommandPlaces& places, const Program& program) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool in_world = ::setns(places.mounts, CLONE_NEWNS) == 0 &&
                          ::setns(places.names, CLONE_NEWUTS) == 0 &&
                          (places.processes < 0 || ::setns(places.processes, CLONE_NEWPID) == 0);
    if (!in_world || ::dup2(places.input, 0) < 0 || ::dup2(places.output, 1) < 0 ||
        ::dup2(places.output, 2) < 0)
        ::_exit(exit_unusable);
    ::syscall(SYS_close_range, 3, UINT_MAX, 0);
    // A process namespace is joined by children only.
    const pid_t child = plain_fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        become(program);
        ::_exit(exit_unusable);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

}  // namespace twofifty::harness::inside
