// The program as its users meet it: a process with a command line, two outputs and an exit code.
// Every wait has a deadline, and a test that ends early takes its processes with it.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace twofifty::cli {

/// How a process ended, and what it left.
struct Ended {
    int exit_code = -1;  ///< -1 where a signal ended it.
    int signal = 0;
    bool in_time = true;  ///< False: it was killed at the deadline.
    std::string out{};
    std::string err{};
    long peak_kib = 0;  ///< The most memory that it held at once.

    /// What failed assertions print.
    std::string story() const;
};

class Child {
public:
    /// Starts `command[0]` in the folder `where`. `prepare` is called in the new process, before it
    /// becomes the program; it may make system calls, and nothing else.
    Child(const std::vector<std::string>& command, const std::filesystem::path& where,
          const std::function<void()>& prepare = {});
    /// Kills it where it still runs.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void send(int signal) const;

    Ended wait(std::chrono::seconds limit = std::chrono::seconds{60});

private:
    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
};

/// Starts twofifty with these arguments and waits for its end.
Ended twofifty(std::vector<std::string> arguments, const std::filesystem::path& where,
               const std::function<void()>& prepare = {},
               std::chrono::seconds limit = std::chrono::seconds{60});

/// The command line that starts twofifty.
std::vector<std::string> twofifty_command(std::vector<std::string> arguments);

/// A folder of its own for each test, removed at its end. Others may enter it: servers deliver as
/// other users.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const {
        return path_ / name;
    }

    /// The names in it, sorted: what a refused command must not add to.
    std::vector<std::string> names() const;

    /// Writes a file and yields its name.
    std::string write(const std::string& name, std::string_view text) const;

private:
    std::filesystem::path path_;
};

std::string read_text(const std::filesystem::path& file);

}  // namespace twofifty::cli
