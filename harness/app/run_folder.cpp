#include "harness/app/run_folder.hpp"

#include "harness/app/exit_code.hpp"
#include "harness/scenario/write_scenario.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

/// So many runs of one scenario may start within one second.
constexpr int same_second_limit = 1000;

void point_link_at(const fs::path& base, const std::string& link, const fs::path& folder) {
    // A rename replaces the link in one step. Without links (some file systems) there is no latest,
    // and no harm.
    const fs::path fresh = base / ("." + link + "." + folder.filename().string());
    std::error_code error;
    fs::remove(fresh, error);
    fs::create_directory_symlink(fs::relative(folder, base, error), fresh, error);
    if (!error) fs::rename(fresh, base / link, error);
    if (error) fs::remove(fresh, error);
}

}  // namespace

fs::path make_run_folder(const fs::path& base, const std::string& name, const std::string& link) {
    const fs::path parent = base / name;
    std::error_code error;
    fs::create_directories(parent, error);
    std::string time = utc_now();
    std::replace(time.begin(), time.end(), ':', '-');
    for (int number = 1; !error && number <= same_second_limit; ++number) {
        fs::path folder = parent / (number == 1 ? time : fmt::format("{}-{}", time, number));
        if (!fs::create_directory(folder, error)) continue;
        point_link_at(base, link, folder);
        return folder;
    }
    if (!error) error = std::make_error_code(std::errc::file_exists);
    throw CommandError(
        ExitCode::bad_input,
        fmt::format("cannot make a results folder in {}: {}; name another with --out",
                    parent.string(), error.message()));
}

fs::path make_run_folder(const fs::path& base, const Scenario& scenario) {
    fs::path folder = make_run_folder(base, scenario.name);
    write_file(folder / "scenario.toml", to_toml(scenario));
    return folder;
}

void write_file(const fs::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (file) return;
    throw CommandError(ExitCode::environment,
                       fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw CommandError(ExitCode::bad_input,
                           fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string utc_now() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace twofifty::harness
