// Asks the model of lost replies, so that scripts and documents get their figures from the code
// that the effect uses.
//
//   tcp_loss_table fates    For each line "losses 3 TCP" or "outage 1.5s TCP" of the standard
//   input,
//                           TCP as in a scenario: "arrives" or "given_up", and after how many
//                           seconds.
//   tcp_loss_table timers   How many losses in a row outlast a client's timer, and how often that
//                           happens, as the table in docs/tcp-loss.md.
#include "netem/tcp_loss.hpp"
#include "netem/tcp_settings.hpp"
#include "settings/units.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iostream>
#include <sstream>

namespace twofifty::netem {
namespace {

using namespace std::chrono_literals;

SegmentFate answer(const std::string& line) {
    std::istringstream words(line);
    std::string what;
    std::string amount;
    std::string rest;
    words >> what >> amount;
    std::getline(words, rest);
    const settings::Value root = settings::parse_toml("tcp = " + rest, "line");
    settings::Section section(root, "");
    const TcpParameters tcp = read_tcp(section, "tcp");
    if (what == "losses") return fate_after_losses(std::stoi(amount), tcp);
    const auto length = settings::parse_duration(amount);
    if (what == "outage" && length) return fate_in_outage(*length, tcp);
    throw std::runtime_error("neither losses nor an outage: " + line);
}

void print_fates() {
    for (std::string line; std::getline(std::cin, line);) {
        const SegmentFate fate = answer(line);
        const bool arrives = fate.kind == SegmentFate::Kind::arrives;
        std::cout << fmt::format("{} {:.9f}\n", arrives ? "arrives" : "given_up",
                                 to_seconds(fate.after));
    }
}

void print_timers() {
    constexpr std::array chances{0.1, 0.2, 0.3, 0.5};
    constexpr std::array<Duration, 7> timers{5s, 10s, 30s, 60s, 120s, 300s, 600s};
    const TcpParameters tcp;
    std::cout << "| timer | losses |";
    for (const double p : chances) std::cout << fmt::format(" p = {} |", p);
    std::cout << "\n| --- | --- | --- | --- | --- | --- |\n";
    for (const Duration timer : timers) {
        // The default patience is longer than any of these timers.
        const int losses = losses_to_outlast(timer, tcp).value();
        std::cout << fmt::format("| {} s | {} |", to_seconds(timer), losses);
        // At least that many losses, one independent of the other.
        for (const double p : chances) std::cout << fmt::format(" {:.1e} |", std::pow(p, losses));
        std::cout << "\n";
    }
}

int run(const std::string& command) {
    if (command == "fates")
        print_fates();
    else if (command == "timers")
        print_timers();
    else {
        std::cerr << "usage: tcp_loss_table fates | timers\n";
        return 3;
    }
    return 0;
}

}  // namespace
}  // namespace twofifty::netem

int main(int count, char** arguments) {
    try {
        return twofifty::netem::run(count == 2 ? arguments[1] : "");
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 4;
    }
}
