// `twofifty servers`: the real servers that a run can start.
#include "harness/app/commands.hpp"
#include "harness/app/interrupts.hpp"
#include "harness/app/run_folder.hpp"
#include "harness/servers/real_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

namespace twofifty::harness {
namespace {

constexpr std::chrono::milliseconds look_interval{100};

std::string state_of(const Adapter& adapter) {
    if (!find_program(adapter)) return "not installed. " + how_to_install(adapter);
    const std::string version = version_of(adapter);
    return version.empty() ? "installed" : version;
}

std::string roles_of(const Adapter& adapter) {
    return fmt::format("{}{}", adapter.lmtp ? "LMTP" : "SMTP", adapter.sends ? ", sends" : "");
}

/// Starts it as a run would, looks at its queue, stops it.
void try_out(const Adapter& adapter, const std::filesystem::path& base) {
    const ServerSettings settings{.server = adapter.name};
    const std::filesystem::path folder =
        make_run_folder(base, "servers-check-" + adapter.name, "latest-check");
    RealServer server(adapter, settings, {adapter.name, folder / "servers" / adapter.name});
    server.start();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(server.start_time());
    const std::optional<QueueLook> queue = server.look_at_queue();
    server.stop();
    fmt::print("{:<14} {:<12} greets after {} ms, queue {}; {}\n", adapter.name, server.version(),
               ms.count(), queue ? std::to_string(queue->messages) : "not seen", folder.string());
}

}  // namespace

ExitCode servers_list_command() {
    for (const std::string_view name : adapter_names()) {
        const Adapter& adapter = find_adapter(name);
        fmt::print("{:<14} {:<12} {}\n", name, roles_of(adapter), state_of(adapter));
    }
    return ExitCode::passed;
}

ExitCode servers_run_command(const std::string& name, std::uint16_t port, const std::string& out) {
    const Adapter& adapter = find_adapter(name, {.source = "servers run"}, name);
    const Interrupts interrupts;
    const ServerSettings settings{.server = name, .port = port};
    const std::filesystem::path folder =
        make_run_folder(out, "servers-run-" + name, "latest-server");
    try {
        RealServer server(adapter, settings, {name, folder / "servers" / name});
        server.start();
        fmt::print("{} {} listens at {}; its folder is {}\n", name, server.version(),
                   to_string(server.endpoint()), folder.string());
        std::fflush(stdout);
        std::optional<std::string> died;
        while (interrupts.count() == 0 && !(died = server.died()))
            std::this_thread::sleep_for(look_interval);
        if (died) throw ServerError(*died);
        server.stop();
    } catch (const ServerError& error) {
        throw CommandError(ExitCode::environment, error.what());
    }
    return ExitCode::passed;
}

ExitCode servers_check_command(const std::vector<std::string>& names, const std::string& out) {
    ExitCode code = ExitCode::passed;
    for (const std::string& name : names) find_adapter(name, {.source = "servers check"}, name);
    for (const std::string& name : names) {
        try {
            try_out(find_adapter(name), out);
        } catch (const ServerError& error) {
            fmt::print(stderr, "twofifty: {}: {}\n", name, error.what());
            code = ExitCode::environment;
        }
    }
    return code;
}

}  // namespace twofifty::harness
