// A world of its own for one server: mounts, host name and processes that nobody else has, by
// Linux namespaces. Whatever becomes of this program, the kernel ends every process in it and takes
// its mounts down: they hang on descriptors that only this program holds. Needs root.
#pragma once

#include "record/time.hpp"

#include <sys/types.h>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// A descriptor that is closed with its owner.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    void close();

private:
    int number_ = -1;
};

/// The machine, or the server's world, would not do what was asked. what() is one sentence.
class ContainerError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct ContainerPlan {
    std::string hostname{};
    std::string folder{};    ///< Of the machine; seen as private_directory.
    std::string programs{};  ///< Likewise, read only, as programs_directory; empty: none.
    /// What is seen, and what is seen in its place; both absolute, as the server sees them.
    std::vector<std::pair<std::string, std::string>> binds{};
    std::string disk{};  ///< An absolute path inside that becomes a disk of its own; empty: none.
    std::uint64_t disk_size = 0;  ///< Bytes.
    std::string log{};  ///< Of the machine: the file for what is said to /dev/log; empty: none.
};

inline constexpr std::string_view private_directory = "/run/twofifty";
inline constexpr std::string_view programs_directory = "/run/programs";

struct Command {
    std::vector<std::string> words{};  ///< The first is an absolute path.
    std::map<std::string, std::string> environment{};
};

struct CommandOutput {
    int status = 0;  ///< As waitpid gives it.
    bool timed_out = false;
    std::string text{};  ///< Standard output and error, as far as output_most.

    static constexpr std::size_t output_most = 4U << 20;
    bool succeeded() const { return !timed_out && status == 0; }
};

class Container {
public:
    /// Throws ContainerError.
    explicit Container(const ContainerPlan& plan);
    ~Container();

    /// Starts the server. Its output is appended to the file. REQUIRES: not running.
    void start(const Command& command, const std::string& output);
    /// Whether what was started still runs.
    bool running();
    /// "exit status 1", "signal 9", or why it could not be started; of one that does not run.
    const std::string& end() const { return end_; }
    /// The first process, as the machine numbers it; 0 where nothing runs.
    pid_t init() const { return init_; }

    /// To the process that was started.
    void signal_main(int signal);
    /// To every process inside.
    void signal_all(int signal);
    /// Ends every process inside at once, as kill -9 does, and returns when they are gone.
    void kill();

    /// Runs a command inside, and waits for it. What it leaves behind ends with the server.
    CommandOutput run(const Command& command, Duration limit);

private:
    void look(int wait_ms);
    void forget();

    void open_log(const ContainerPlan& plan, int folder);

    Descriptor log_;
    Descriptor log_file_;
    Descriptor mounts_;
    Descriptor names_;
    Descriptor processes_;
    Descriptor control_;
    pid_t init_ = 0;
    std::string end_;
};

/// Whether this process may make namespaces; else why not.
std::optional<std::string> why_no_containers();

}  // namespace twofifty::harness
