#include "tests/cli/child.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace twofifty::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_interval{2};
constexpr int could_not_start = 127;

int checked(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

std::string read_from_start(int file) {
    std::string text;
    std::array<char, 65536> block;
    off_t at = 0;
    for (ssize_t n = 0; (n = pread(file, block.data(), block.size(), at)) > 0; at += n)
        text.append(block.data(), static_cast<std::size_t>(n));
    return text;
}

/// What the kernel calls its high-water mark; 0 once the process has ended. wait4() would count
/// what this process held when it forked.
long peak_kib_of(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string word; status >> word;) {
        if (word != "VmHWM:") continue;
        long kib = 0;
        status >> kib;
        return kib;
    }
    return 0;
}

}  // namespace

std::string Ended::story() const {
    return (in_time ? "exit " + std::to_string(exit_code) : std::string("killed at the deadline")) +
           ", signal " + std::to_string(signal) + "\nstandard output:\n" + out +
           "standard error:\n" + err;
}

Child::Child(const std::vector<std::string>& command, const fs::path& where,
             const std::function<void()>& prepare) {
    // Files in memory rather than pipes: nobody has to read while the child writes.
    out_ = checked(memfd_create("out", MFD_CLOEXEC), "memfd_create");
    err_ = checked(memfd_create("err", MFD_CLOEXEC), "memfd_create");
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const int nothing = checked(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
    pid_ = checked(fork(), "fork");
    if (pid_ > 0) {
        close(nothing);
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(nothing, STDIN_FILENO);
    dup2(out_, STDOUT_FILENO);
    dup2(err_, STDERR_FILENO);
    if (chdir(where.c_str()) == 0) {
        if (prepare) prepare();
        execvp(arguments[0], arguments.data());
    }
    _exit(could_not_start);
}

Child::~Child() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    close(out_);
    close(err_);
}

void Child::send(int signal) const {
    if (pid_ > 0) kill(pid_, signal);
}

Ended Child::wait(std::chrono::seconds limit) {
    const steady_clock::time_point deadline = steady_clock::now() + limit;
    Ended ended;
    int status = 0;
    while (checked(waitpid(pid_, &status, WNOHANG), "waitpid") == 0) {
        const long peak = peak_kib_of(pid_);
        if (peak > 0) ended.peak_kib = peak;
        if (ended.in_time && steady_clock::now() > deadline) {
            ended.in_time = false;
            kill(pid_, SIGKILL);
        }
        std::this_thread::sleep_for(look_interval);
    }
    pid_ = -1;
    if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    ended.out = read_from_start(out_);
    ended.err = read_from_start(err_);
    return ended;
}

std::vector<std::string> twofifty_command(std::vector<std::string> arguments) {
    // Freed memory that a sanitizer keeps aside is none that the program holds.
    arguments.insert(arguments.begin(),
                     {"env", "ASAN_OPTIONS=quarantine_size_mb=1", TWOFIFTY_PROGRAM});
    return arguments;
}

Ended twofifty(std::vector<std::string> arguments, const fs::path& where,
               const std::function<void()>& prepare, std::chrono::seconds limit) {
    Child child(twofifty_command(std::move(arguments)), where, prepare);
    return child.wait(limit);
}

TempFolder::TempFolder() {
    std::string pattern = (fs::temp_directory_path() / "twofifty-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "mkdtemp");
    path_ = pattern;
    fs::permissions(path_, fs::perms(0755));
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::vector<std::string> TempFolder::names() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(path_))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string TempFolder::write(const std::string& name, std::string_view text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return name;
}

std::string read_text(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace twofifty::cli
