#include "harness/adapter/adapter.hpp"

#include "harness/adapter/embedded_servers.hpp"
#include "settings/section.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace twofifty::harness {
namespace {

using Adapters = std::map<std::string, Adapter, std::less<>>;

Adapters read_embedded() {
    std::map<std::string, std::vector<AdapterFile>> folders;
    for (const EmbeddedServerFile& file : embedded_server_files())
        folders[std::string(file.server)].push_back(
            {std::string(file.path), std::string(file.text), file.text.starts_with("#!")});
    Adapters adapters;
    for (auto& [name, files] : folders)
        adapters.emplace(name,
                         read_adapter(name, std::move(files), fmt::format("servers/{}", name)));
    return adapters;
}

const Adapters& known() {
    static const Adapters adapters = read_embedded();
    return adapters;
}

}  // namespace

std::vector<std::string_view> adapter_names() {
    std::vector<std::string_view> names;
    for (const auto& [name, adapter] : known()) names.push_back(name);
    return names;
}

const Adapter& find_adapter(std::string_view name, const settings::Place& place,
                            std::string_view key) {
    const auto found = known().find(name);
    if (found != known().end()) return found->second;
    const std::vector<std::string_view> names = adapter_names();
    const std::string near = settings::nearest(name, names);
    throw settings::Error(
        place, fmt::format("{}: there is no server {}{}; expected one of: {}", key,
                           settings::toml_text(name),
                           near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near),
                           fmt::join(names, ", ")));
}

}  // namespace twofifty::harness
