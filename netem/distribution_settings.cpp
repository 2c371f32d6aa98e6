#include "netem/distribution_settings.hpp"

#include "settings/units.hpp"

#include <fmt/format.h>

namespace twofifty::netem {
namespace {

using settings::Section;
using world::Distribution;
using world::Shape;

constexpr double largest_sigma = 10;
constexpr double least_alpha = 0.1;
constexpr double largest_alpha = 100;

/// One kind of quantity: how its numbers are read and written.
class Reader {
public:
    Reader(Section& section, Quantity quantity, QuantityRange range)
        : section_(section), quantity_(quantity), range_(range) {}

    std::optional<double> read(std::string_view key, double least) {
        if (quantity_ == Quantity::time) {
            const auto duration =
                section_.duration(key, Duration{static_cast<std::int64_t>(least)},
                                  Duration{static_cast<std::int64_t>(range_.most)});
            if (duration) return static_cast<double>(duration->count());
        } else {
            const auto size = section_.size(key, static_cast<std::uint64_t>(least),
                                            static_cast<std::uint64_t>(range_.most));
            if (size) return static_cast<double>(*size);
        }
        return std::nullopt;
    }

    /// A key without which the distribution says nothing. A mean, a median or a least value of 0
    /// would make every draw 0: such a distribution must be above it.
    double require(std::string_view key, double least) {
        const std::optional<double> value = read(key, least);
        if (!value)
            section_.fail(key, fmt::format("missing; this distribution needs {}, such as {}", key,
                                           example()));
        return *value;
    }

    double require_plain(std::string_view key, double least, double most) {
        const std::optional<double> value = section_.number(key, least, most);
        if (!value)
            section_.fail(key, fmt::format("missing; this distribution needs {}, a number from {} "
                                           "to {}",
                                           key, least, most));
        return *value;
    }

private:
    std::string_view example() const {
        return quantity_ == Quantity::time ? "\"300ms\"" : "\"8KiB\"";
    }

    Section& section_;
    Quantity quantity_;
    QuantityRange range_;
};

double above_zero(QuantityRange range) {
    return range.least > 0 ? range.least : 1;
}

Distribution read_shape(Section& table, Shape shape, Reader& reader, QuantityRange range) {
    Distribution result{.shape = shape};
    switch (shape) {
        case Shape::fixed: result.a = reader.require("value", range.least); return result;
        case Shape::uniform:
            result.a = reader.require("min", range.least);
            result.b = reader.require("max", range.least);
            if (result.a > result.b) table.fail("max", "is below min; expected one above it");
            return result;
        case Shape::normal:
            result.a = reader.require("mean", range.least);
            result.b = reader.require("deviation", 0);
            break;
        case Shape::lognormal:
            result.a = reader.require("median", above_zero(range));
            result.b = reader.require_plain("sigma", 0, largest_sigma);
            break;
        case Shape::exponential: result.a = reader.require("mean", above_zero(range)); break;
        case Shape::pareto:
            result.a = reader.require("min", above_zero(range));
            result.b = reader.require_plain("alpha", least_alpha, largest_alpha);
            break;
    }
    // The tails have no end; the range of the setting is theirs too.
    result.least = range.least;
    if (shape != Shape::pareto)
        result.least = reader.read("min", range.least).value_or(range.least);
    result.most = reader.read("max", range.least).value_or(range.most);
    const double lower_end = shape == Shape::pareto ? result.a : result.least;
    if (lower_end > result.most) table.fail("max", "is below min; expected one above it");
    return result;
}

std::string quantity_text(double value, Quantity quantity) {
    return settings::toml_text(
        quantity == Quantity::time
            ? settings::format_duration(Duration{static_cast<std::int64_t>(value)})
            : settings::format_size(static_cast<std::uint64_t>(value)));
}

}  // namespace

Distribution read_distribution(Section& section, std::string_view key, Quantity quantity,
                               QuantityRange range, const Distribution& absent) {
    const settings::Value* value = section.value(key);
    if (!value) return absent;
    if (!std::holds_alternative<settings::Table>(value->data))
        return Distribution{.a = *Reader(section, quantity, range).read(key, range.least)};

    Section table = section.section(key);
    const Distribution result = read_distribution_table(table, quantity, range);
    table.finish();
    return result;
}

Distribution read_distribution_table(Section& table, Quantity quantity, QuantityRange range) {
    const std::optional<std::size_t> shape = table.choice("distribution", world::shape_names);
    if (!shape)
        table.fail("distribution",
                   "missing; expected distribution = \"uniform\", \"normal\", \"lognormal\", "
                   "\"exponential\" or \"pareto\"");
    Reader reader(table, quantity, range);
    return read_shape(table, static_cast<Shape>(*shape), reader, range);
}

std::string to_toml(const Distribution& distribution, Quantity quantity) {
    const auto text = [quantity](double value) { return quantity_text(value, quantity); };
    const std::string a = text(distribution.a);
    const std::string head =
        fmt::format("{{ distribution = \"{}\"",
                    world::shape_names[static_cast<std::size_t>(distribution.shape)]);
    const std::string ends =
        fmt::format(", min = {}, max = {} }}", text(distribution.least), text(distribution.most));
    switch (distribution.shape) {
        case Shape::fixed: break;
        case Shape::uniform:
            return fmt::format("{}, min = {}, max = {} }}", head, a, text(distribution.b));
        case Shape::normal:
            return fmt::format("{}, mean = {}, deviation = {}{}", head, a, text(distribution.b),
                               ends);
        case Shape::lognormal:
            return fmt::format("{}, median = {}, sigma = {}{}", head, a, distribution.b, ends);
        case Shape::exponential: return fmt::format("{}, mean = {}{}", head, a, ends);
        case Shape::pareto:
            return fmt::format("{}, min = {}, alpha = {}, max = {} }}", head, a, distribution.b,
                               text(distribution.most));
    }
    return a;
}

}  // namespace twofifty::netem
