// One real mail server in a private directory and a world of its own: configured, started, awaited,
// looked at, hurt, stopped.
#pragma once

#include "harness/adapter/adapter.hpp"
#include "harness/adapter/template.hpp"
#include "harness/scenario/server_settings.hpp"
#include "harness/servers/container.hpp"
#include "harness/servers/queue_formats.hpp"
#include "world/endpoint.hpp"

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace twofifty::harness {

/// The server could not be used. what() is one sentence, with the server's own words behind it.
class ServerError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct ServerPlace {
    std::string name{};              ///< Of this server in the run.
    std::filesystem::path folder{};  ///< Its private directory; made by its start.
};

/// Where it hands its mail on: hosts in order of preference, all at one port.
struct NextHops {
    std::vector<std::string> hosts{};
    std::uint16_t port = 0;
    bool lmtp = false;
};

class RealServer {
public:
    /// Takes ports, and nothing else yet: others may have to know them. `adapter` and `settings`
    /// must outlive it. Throws ServerError: not installed, too old, a port that is taken.
    RealServer(const Adapter& adapter, const ServerSettings& settings, ServerPlace place);
    ~RealServer();

    const Adapter& adapter() const { return adapter_; }
    const std::string& name() const { return place_.name; }
    const std::string& version() const { return version_; }
    world::Endpoint endpoint() const { return {"127.0.0.1", ports_.at("")}; }
    world::Endpoint endpoint(const std::string& port) const {
        return {"127.0.0.1", ports_.at(port)};
    }
    const std::filesystem::path& folder() const { return place_.folder; }
    /// From the start to the greeting, at the latest start.
    Duration start_time() const { return start_time_; }

    void relay_to(NextHops next) { next_ = std::move(next); }

    /// Writes its configuration, starts it, and waits until it greets. Throws ServerError.
    void start();
    /// Stops it in order; what does not end in time is killed. Nothing where it does not run.
    void stop();
    void pause();
    void resume();
    /// Ends every process of it at once.
    void kill();
    /// The signal that ends it in order, and no more.
    void terminate();
    /// Fills its disk up, as far as it goes; and makes room again. REQUIRES: settings.disk > 0.
    void fill_disk();
    void free_disk();

    /// Nothing while it runs, or was ended by us; else how it ended, and its last words.
    std::optional<std::string> died();
    /// Its queue now. Nothing where it cannot be seen.
    std::optional<QueueLook> look_at_queue();
    /// Makes it try again what it has queued. Nothing where it knows no such command.
    void flush_queue();

private:
    TemplateValues values() const;
    CommandWords rendered(const CommandWords& words, const TemplateValues& values) const;
    std::string ballast() const;
    std::string rendered(const std::string& text, const TemplateValues& values) const;
    Command command(const CommandWords& words) const;
    void check_version();
    void write_files(const TemplateValues& values);
    void build_world(const TemplateValues& values);
    void run_or_throw(const CommandWords& words, const char* what);
    void wait_for_greeting();
    bool greets();
    std::string last_words() const;
    [[noreturn]] void fail(const std::string& what) const;

    const Adapter& adapter_;
    const ServerSettings& settings_;
    ServerPlace place_;
    std::string programs_;  ///< Of the machine; empty: the packages are installed.
    std::map<std::string, std::uint16_t> ports_;
    NextHops next_;
    std::string version_;
    Duration start_time_{};
    std::unique_ptr<Container> container_;
    bool ended_by_us_ = true;
    bool paused_ = false;
};

/// Where the program of an adapter is, or nothing. `programs`: the folder of its unpacked packages,
/// if it has one.
struct Installed {
    std::string program{};
    std::string programs{};
};
std::optional<Installed> find_program(const Adapter& adapter);
/// What its own words for its version are; empty where they cannot be had.
std::string version_of(const Adapter& adapter);
/// How to get it: one sentence.
std::string how_to_install(const Adapter& adapter);

}  // namespace twofifty::harness
