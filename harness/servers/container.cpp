#include "harness/servers/container.hpp"

#include "harness/servers/inside.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

namespace twofifty::harness {
namespace {

std::string reason(int error) {
    return std::system_category().message(error);
}

constexpr const char* log_socket = "dev-log";

/// A /dev of its own: the machine's devices by links, and a log.
void add_devices(std::vector<inside::MountStep>& steps) {
    steps.push_back(inside::bind("/dev", "/run/dev"));
    steps.push_back(inside::disk("/dev", "size=64k,mode=755"));
    constexpr std::pair<const char*, const char*> links[] = {
        {"/run/dev/null", "/dev/null"},       {"/run/dev/zero", "/dev/zero"},
        {"/run/dev/full", "/dev/full"},       {"/run/dev/random", "/dev/random"},
        {"/run/dev/urandom", "/dev/urandom"}, {"/run/dev/tty", "/dev/tty"},
        {"/run/dev/shm", "/dev/shm"},         {"/proc/self/fd", "/dev/fd"},
        {"/proc/self/fd/0", "/dev/stdin"},    {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"},   {"/run/twofifty/dev-log", "/dev/log"}};
    for (const auto& [source, target] : links) steps.push_back(inside::link(source, target));
}

/// As fork, in new namespaces. The child has one thread and may only make system calls until it
/// becomes another program: another thread of ours may have held any lock.
pid_t fork_into(unsigned long flags) {
    return static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0));
}

std::pair<Descriptor, Descriptor> socket_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw ContainerError(fmt::format("no socket pair: {}", reason(errno)));
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Descriptor open_place(const std::string& path, int flags) {
    Descriptor place(::open(path.c_str(), flags | O_CLOEXEC, 0644));
    if (!place) throw ContainerError(fmt::format("cannot open {}: {}", path, reason(errno)));
    return place;
}

Descriptor open_namespace(pid_t process, const char* kind) {
    return open_place(fmt::format("/proc/{}/ns/{}", process, kind), O_RDONLY);
}

int wait_for(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

std::string words_of(int status) {
    return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                               : fmt::format("exit status {}", WEXITSTATUS(status));
}

/// A command as execve takes it, made before the fork.
class Argv {
public:
    explicit Argv(const Command& command) : command_(command) {
        for (const auto& [name, value] : command.environment)
            variables_.push_back(fmt::format("{}={}", name, value));
        for (const char* usual :
             {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
              "HOME=/run/twofifty"}) {
            const std::string_view name(usual, std::strchr(usual, '='));
            if (!command.environment.contains(std::string(name))) variables_.emplace_back(usual);
        }
        for (const std::string& word : command_.words)
            words_.push_back(const_cast<char*>(word.c_str()));
        words_.push_back(nullptr);
        for (std::string& variable : variables_) environment_.push_back(variable.data());
        environment_.push_back(nullptr);
    }

    inside::Program program() { return {words_.data(), environment_.data()}; }

private:
    const Command& command_;
    std::vector<std::string> variables_;
    std::vector<char*> words_;
    std::vector<char*> environment_;
};

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        close();
        number_ = std::exchange(other.number_, -1);
    }
    return *this;
}

Descriptor::~Descriptor() {
    close();
}

void Descriptor::close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

std::optional<std::string> why_no_containers() {
    if (::geteuid() == 0) return std::nullopt;
    return "a real server is started in namespaces of its own, which needs root; run this as root";
}

Container::Container(const ContainerPlan& plan) {
    const Descriptor folder = open_place(plan.folder, O_PATH | O_DIRECTORY);
    const std::string disk_options = fmt::format("size={},mode=755", plan.disk_size);

    std::vector<inside::MountStep> steps{
        inside::make_private(), inside::disk("/run", "size=64m,mode=755"),
        inside::bind(plan.folder.c_str(), private_directory.data())};
    steps.back().opened_first = 1;
    if (!plan.programs.empty()) {
        steps.push_back(inside::bind(plan.programs.c_str(), programs_directory.data(), true));
        steps.back().opened_first = 2;
    }
    if (!plan.disk.empty()) steps.push_back(inside::disk(plan.disk.c_str(), disk_options.c_str()));
    if (!plan.log.empty()) {
        open_log(plan, folder.get());
        add_devices(steps);
    }
    for (const auto& [seen, place] : plan.binds)
        steps.push_back(inside::bind(place.c_str(), seen.c_str()));

    auto [ours, theirs] = socket_pair();
    const pid_t child = fork_into(CLONE_NEWNS | CLONE_NEWUTS);
    if (child == 0) inside::build_world(steps, plan.hostname.c_str(), theirs.get());
    if (child < 0)
        throw ContainerError(fmt::format("cannot make namespaces for a server: {}", reason(errno)));
    theirs.close();
    inside::Report report{};
    const ssize_t got = ::recv(ours.get(), &report, sizeof report, 0);
    if (got == sizeof report && report.error == 0) {
        mounts_ = open_namespace(child, "mnt");
        names_ = open_namespace(child, "uts");
    }
    // The child has a copy of our end, which a close here would leave open.
    ::shutdown(ours.get(), SHUT_RDWR);
    wait_for(child);
    if (got != sizeof report) throw ContainerError("the server's world broke while it was built");
    if (report.error != 0) {
        const auto step = static_cast<std::size_t>(report.step);
        const std::string what = step < steps.size() && steps[step].target != nullptr
                                     ? fmt::format("cannot mount {}", steps[step].target)
                                     : "cannot set the host name";
        throw ContainerError(
            fmt::format("{} in the server's world: {}", what, reason(report.error)));
    }
}

/// The socket lies in the private directory. Its name is given through a descriptor: the path may
/// be longer than a socket's name can be.
void Container::open_log(const ContainerPlan& plan, int folder) {
    log_file_ = open_place(plan.log, O_WRONLY | O_CREAT | O_APPEND);
    log_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
    const std::string path = fmt::format("/proc/self/fd/{}/{}", folder, log_socket);
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    ::unlink(path.c_str());
    if (!log_ || ::bind(log_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
        throw ContainerError(fmt::format("no log socket: {}", reason(errno)));
    ::chmod(path.c_str(), 0666);
}

Container::~Container() {
    kill();
}

void Container::start(const Command& command, const std::string& output) {
    Argv argv(command);
    const Descriptor log = open_place(output, O_WRONLY | O_CREAT | O_APPEND);
    const Descriptor nothing = open_place("/dev/null", O_RDONLY);
    auto [ours, theirs] = socket_pair();
    const pid_t child = fork_into(CLONE_NEWPID);
    if (child == 0)
        inside::be_init({.mounts = mounts_.get(),
                         .names = names_.get(),
                         .control = theirs.get(),
                         .input = nothing.get(),
                         .output = log.get(),
                         .log = log_.get(),
                         .log_file = log_file_.get()},
                        argv.program());
    if (child < 0)
        throw ContainerError(fmt::format("cannot make a process namespace: {}", reason(errno)));
    init_ = child;
    processes_ = open_namespace(child, "pid");
    control_ = std::move(ours);
    end_.clear();
}

bool Container::running() {
    look(0);
    return init_ != 0;
}

/// Hears what init has to say, and whether it is gone.
void Container::look(int wait_ms) {
    if (init_ == 0) return;
    pollfd ready{.fd = control_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, wait_ms) <= 0) return;
    inside::Report report{};
    while (::recv(control_.get(), &report, sizeof report, MSG_DONTWAIT) == sizeof report) {
        end_ = report.step == inside::could_not_execute
                   ? "cannot be executed: " + reason(report.error)
                   : words_of(report.error);
    }
    if ((ready.revents & POLLHUP) != 0) {
        wait_for(init_);
        forget();
    }
}

void Container::forget() {
    init_ = 0;
    control_.close();
    processes_.close();
    if (end_.empty()) end_ = "killed";
}

void Container::signal_main(int signal) {
    const inside::Order order{.whom = inside::Whom::main, .signal = signal};
    if (init_ != 0) ::send(control_.get(), &order, sizeof order, MSG_NOSIGNAL);
}

void Container::signal_all(int signal) {
    const inside::Order order{.whom = inside::Whom::all, .signal = signal};
    if (init_ != 0) ::send(control_.get(), &order, sizeof order, MSG_NOSIGNAL);
}

void Container::kill() {
    if (init_ == 0) return;
    // With its first process every other one of the namespace is killed.
    ::kill(init_, SIGKILL);
    wait_for(init_);
    forget();
}

CommandOutput Container::run(const Command& command, Duration limit) {
    Argv argv(command);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw ContainerError(fmt::format("no pipe: {}", reason(errno)));
    Descriptor read_end(ends[0]);
    Descriptor write_end(ends[1]);
    const Descriptor nothing = open_place("/dev/null", O_RDONLY);
    const pid_t child = fork_into(0);
    if (child == 0)
        inside::run_command({.mounts = mounts_.get(),
                             .names = names_.get(),
                             .processes = processes_.get(),
                             .input = nothing.get(),
                             .output = write_end.get()},
                            argv.program());
    if (child < 0) throw ContainerError(fmt::format("cannot fork: {}", reason(errno)));
    write_end.close();

    CommandOutput output;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    char buffer[16384];
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd ready{.fd = read_end.get(), .events = POLLIN, .revents = 0};
        if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) {
            output.timed_out = true;
            ::kill(child, SIGKILL);
            break;
        }
        const ssize_t got = ::read(read_end.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        const std::size_t room = CommandOutput::output_most - output.text.size();
        output.text.append(buffer, std::min(static_cast<std::size_t>(got), room));
    }
    output.status = wait_for(child);
    return output;
}

}  // namespace twofifty::harness
