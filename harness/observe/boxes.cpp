#include "harness/observe/boxes.hpp"

#include "harness/observe/observer.hpp"

#include <map>

namespace twofifty::harness {

std::vector<BoxPlace> boxes_of(const std::string& pattern, const AddressBook& recipients) {
    if (!is_per_recipient(pattern)) return {{pattern, 0}};
    std::vector<BoxPlace> boxes;
    std::map<std::string, std::size_t> places;
    for (std::uint32_t number = 1; number <= recipients.size(); ++number) {
        std::string name = named_after(pattern, recipients.address_of(number));
        const auto [place, added] = places.try_emplace(name, boxes.size());
        if (added) {
            boxes.push_back({std::move(name), number});
        } else {
            boxes[place->second].recipient = 0;
        }
    }
    return boxes;
}

}  // namespace twofifty::harness
