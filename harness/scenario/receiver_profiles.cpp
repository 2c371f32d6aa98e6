#include "harness/scenario/receiver_profiles.hpp"

#include "harness/profile/profile.hpp"
#include "harness/scenario/assumptions.hpp"
#include "settings/merge.hpp"

#include <fmt/format.h>

#include <optional>

namespace twofifty::harness {
namespace {

using settings::Table;
using settings::Value;

Table* table_in(Table& table, std::string_view key) {
    Table::Entry* const entry = table.find(key);
    return entry ? std::get_if<Table>(&entry->value.data) : nullptr;
}

/// The profile that a table names; nothing where it names none. Who writes something else there
/// hears of it from the section's reader.
std::optional<Profile> profile_of(const Table& table, const std::string& path,
                                  const std::string& folder) {
    const Table::Entry* const entry = table.find("profile");
    const auto* name = entry ? std::get_if<std::string>(&entry->value.data) : nullptr;
    if (name == nullptr) return std::nullopt;
    return load_profile(Role::receiver, *name, entry->place, path + ".profile", folder);
}

void complete(Table& table, const Table* stronger, const std::string& path,
              const std::string& folder, std::vector<std::string>& assumptions) {
    const std::optional<Profile> profile = profile_of(table, path, folder);
    if (!profile) return;
    std::vector<std::string_view> said;
    if (stronger != nullptr)
        for (const Table::Entry& entry : stronger->entries) said.push_back(entry.key);
    table = settings::merged(settings::without(profile->tree(), said), table);
    note_assumptions(*profile, table, assumptions);
}

}  // namespace

void put_receiver_profiles(Value& root, const std::string& folder,
                           std::vector<std::string>& assumptions) {
    auto* const document = std::get_if<Table>(&root.data);
    Table* const target = document ? table_in(*document, "target") : nullptr;
    if (target == nullptr) return;
    Table* const reference = table_in(*target, "reference");
    const std::optional<Table> said = reference ? std::optional(*reference) : std::nullopt;
    if (reference) complete(*reference, nullptr, "target.reference", folder, assumptions);
    Table::Entry* const receivers = target->find("receiver");
    auto* const list = receivers ? std::get_if<settings::List>(&receivers->value.data) : nullptr;
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto* const table = std::get_if<Table>(&(*list)[i].data);
        if (table != nullptr)
            complete(*table, said ? &*said : nullptr, fmt::format("target.receiver[{}]", i + 1),
                     folder, assumptions);
    }
}

}  // namespace twofifty::harness
