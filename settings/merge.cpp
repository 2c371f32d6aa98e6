#include "settings/merge.hpp"

#include <algorithm>

namespace twofifty::settings {

Table merged(const Table& under, const Table& over) {
    Table result = over;
    for (const Table::Entry& entry : under.entries) {
        Table::Entry* const own = result.find(entry.key);
        if (own == nullptr) {
            result.entries.push_back(entry);
            continue;
        }
        const auto* below = std::get_if<Table>(&entry.value.data);
        auto* above = std::get_if<Table>(&own->value.data);
        if (below != nullptr && above != nullptr) own->value.data = merged(*below, *above);
    }
    return result;
}

Table without(const Table& table, std::span<const std::string_view> keys) {
    Table result;
    for (const Table::Entry& entry : table.entries)
        if (std::find(keys.begin(), keys.end(), entry.key) == keys.end())
            result.entries.push_back(entry);
    return result;
}

const Value* find(const Table& table, std::string_view path) {
    const std::size_t dot = path.find('.');
    const Table::Entry* const entry = table.find(path.substr(0, dot));
    if (entry == nullptr) return nullptr;
    if (dot == std::string_view::npos) return &entry->value;
    const auto* inner = std::get_if<Table>(&entry->value.data);
    return inner == nullptr ? nullptr : find(*inner, path.substr(dot + 1));
}

}  // namespace twofifty::settings
