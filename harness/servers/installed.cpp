// Whether a server is there, in which version, and how to get it.
#include "harness/servers/real_server.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <regex>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

constexpr Duration version_limit = std::chrono::seconds{20};

/// Where unpacked packages are: said by TWOFIFTY_PROGRAMS, else beside the program of a build
/// folder (build/release/twofifty: build/servers), else where a system would have them.
std::vector<fs::path> program_folders() {
    std::vector<fs::path> folders;
    if (const char* const said = std::getenv("TWOFIFTY_PROGRAMS")) folders.emplace_back(said);
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    if (!error) folders.push_back(self.parent_path().parent_path() / "servers");
    folders.emplace_back("/opt/twofifty/servers");
    return folders;
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

}  // namespace

std::optional<Installed> find_program(const Adapter& adapter) {
    constexpr std::string_view mark = "{{programs}}";
    std::error_code error;
    for (const fs::path& folder : program_folders()) {
        const fs::path programs = folder / adapter.name;
        const std::string program = replaced(adapter.program, mark, programs.string());
        if (fs::exists(programs, error) && fs::exists(program, error))
            return Installed{program, fs::absolute(programs).string()};
    }
    if (adapter.program.find(mark) != std::string::npos || !fs::exists(adapter.program, error))
        return std::nullopt;
    return Installed{adapter.program, ""};
}

std::string version_of(const Adapter& adapter) {
    const std::optional<Installed> installed = find_program(adapter);
    if (!installed || adapter.version.run.empty() || why_no_containers()) return {};
    const fs::path scratch =
        fs::temp_directory_path() / fmt::format("twofifty-version-{}", ::getpid());
    fs::create_directories(scratch);
    std::string version;
    try {
        Container world({.hostname = "version.test",
                         .folder = scratch.string(),
                         .programs = installed->programs});
        TemplateValues values;
        values.set("programs", std::string(programs_directory));
        values.set("dir", std::string(private_directory));
        Command command;
        for (const std::string& word : adapter.version.run)
            command.words.push_back(render(word, values));
        for (const auto& [name, value] : adapter.start.environment)
            if (value.find("{{dir}}") == std::string::npos)
                command.environment[name] = render(value, values);
        const CommandOutput output = world.run(command, version_limit);
        std::smatch match;
        if (std::regex_search(output.text, match, std::regex(adapter.version.pattern)) &&
            match.size() > 1)
            version = match[1].str();
    } catch (const std::runtime_error&) {
        // It is the version of something that may be broken; its start will tell.
        version.clear();
    }
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
    return version;
}

std::string how_to_install(const Adapter& adapter) {
    if (!adapter.npm.empty())
        return fmt::format("`./dev setup --servers` gets it from npm ({}).",
                           fmt::join(adapter.npm, ", "));
    if (!adapter.unpacked.empty())
        return fmt::format(
            "`./dev setup --servers` unpacks it ({}), or TWOFIFTY_PROGRAMS names a folder "
            "that holds {}/.",
            fmt::join(adapter.unpacked, ", "), adapter.name);
    return fmt::format("`./dev setup --servers` installs it, or: apt-get install {}.",
                       fmt::join(adapter.packages, " "));
}

}  // namespace twofifty::harness
