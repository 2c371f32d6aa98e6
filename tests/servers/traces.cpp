#include "tests/servers/traces.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace twofifty::servers {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::vector<pid_t> all_processes() {
    std::vector<pid_t> processes;
    std::error_code gone;
    for (const fs::directory_entry& entry : fs::directory_iterator("/proc", gone)) {
        const std::string name = entry.path().filename().string();
        pid_t process = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
        if (error == std::errc{} && *end == '\0') processes.push_back(process);
    }
    return processes;
}

std::string read_all(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

pid_t init_of(const fs::path& server) {
    for (int look = 0; look < 3000; ++look) {
        pid_t init = -1;
        if (std::ifstream(server / "init") >> init) return init;
        std::this_thread::sleep_for(10ms);
    }
    return -1;
}

std::string process_namespace_of(pid_t process) {
    std::error_code gone;
    return fs::read_symlink("/proc/" + std::to_string(process) + "/ns/pid", gone).string();
}

std::vector<pid_t> processes_in(const std::string& process_namespace) {
    std::vector<pid_t> found;
    for (const pid_t process : all_processes())
        if (process_namespace_of(process) == process_namespace) found.push_back(process);
    return found;
}

std::vector<int> listening_ports() {
    constexpr const char* listening = "0A";
    std::vector<int> ports;
    std::ifstream table("/proc/net/tcp");
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
        std::istringstream words(line);
        std::string number, local, remote, state;
        words >> number >> local >> remote >> state;
        if (state == listening)
            ports.push_back(std::stoi(local.substr(local.find(':') + 1), nullptr, 16));
    }
    std::sort(ports.begin(), ports.end());
    return ports;
}

std::string traces_of(const fs::path& folder) {
    std::string traces;
    std::ifstream mounts("/proc/mounts");
    for (std::string line; std::getline(mounts, line);)
        if (line.find(folder.string()) != std::string::npos) traces += "mount: " + line + "\n";
    for (const pid_t process : all_processes()) {
        const fs::path of = "/proc/" + std::to_string(process);
        // Another mount namespace has its own table, in which a bound folder shows.
        const std::string own = read_all(of / "mountinfo");
        if (own.find(folder.string()) != std::string::npos)
            traces += "process: " + read_all(of / "comm");
    }
    return traces;
}

}  // namespace twofifty::servers
