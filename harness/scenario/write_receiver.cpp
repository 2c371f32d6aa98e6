#include "harness/scenario/receiver_keys.hpp"
#include "harness/scenario/sections.hpp"
#include "netem/distribution_settings.hpp"

namespace twofifty::harness {
namespace {

using settings::format_size;
using settings::toml_text;

void write_work(Writer& writer, const ReceiverSettings& receiver) {
    writer.line("service_time", netem::to_toml(receiver.service_time, netem::Quantity::time));
    if (!receiver.service_by_size.empty()) {
        std::vector<std::string> points;
        for (const SizePoint& point : receiver.service_by_size)
            points.push_back(
                fmt::format("[{}, {}]", toml_text(format_size(point.size)), in_quotes(point.time)));
        writer.line("service_by_size", fmt::format("[{}]", fmt::join(points, ", ")));
    }
    writer.number("workers", receiver.workers);
    if (const auto& stalls = receiver.stalls)
        writer.line("stalls", fmt::format("{{ every = {}, lasting = {}, first = {} }}",
                                          in_quotes(stalls->every), in_quotes(stalls->lasting),
                                          in_quotes(stalls->first)));
    writer.text("commit", receiver.commits_before_work ? "before_work" : "after_work");
    writer.text("gone_client", receiver.discards_for_gone_client ? "discards" : "delivers");
    if (receiver.deadline) writer.duration("deadline", *receiver.deadline);
}

void write_refusals(Writer& writer, const ReceiverSettings& receiver) {
    constexpr std::array<std::string_view, 3> places{"connect", "mail", "data_done"};
    if (const auto& refuse = receiver.refuse)
        writer.line(
            "refuse",
            fmt::format("{{ waiting = {}, phase = \"{}\", reply = {} }}", refuse->waiting,
                        places[static_cast<std::size_t>(refuse->where)], toml_text(refuse->reply)));
    if (const auto& greylist = receiver.greylist)
        writer.line("greylist", fmt::format("{{ delay = {}, reply = {}, window = {} }}",
                                            in_quotes(greylist->delay), toml_text(greylist->reply),
                                            in_quotes(greylist->window)));
    if (const auto& suppress = receiver.suppress)
        writer.line("suppress",
                    fmt::format("{{ key = \"{}\", window = {} }}",
                                suppress->with_date ? "message_id_and_date" : "message_id",
                                in_quotes(suppress->window)));
    writer.duration("client_timeout", receiver.client_timeout);
    writer.number("hop_limit", receiver.hop_limit);
}

void write_forwards(Writer& writer, const ReceiverSettings& receiver) {
    if (receiver.forward.empty()) return;
    std::vector<std::string> forwards;
    for (const Forward& forward : receiver.forward)
        forwards.push_back(fmt::format("{{ recipients = {}, to = {}, keep = {} }}",
                                       toml_text(forward.recipients), toml_text(forward.to),
                                       forward.keep));
    writer.line("forward", fmt::format("[{}]", fmt::join(forwards, ", ")));
    writer.duration("forward_retry", receiver.forward_retry);
    writer.duration("forward_timeout", receiver.forward_timeout);
    writer.duration("forward_lifetime", receiver.forward_lifetime);
}

}  // namespace

void write_tls(Writer& writer, smtp::TlsUse use, tls::Versions versions,
               std::initializer_list<std::pair<std::string_view, std::string_view>> parts) {
    if (use == smtp::TlsUse::none) return writer.text("tls", "none");
    std::string table = fmt::format("{{ mode = {}", toml_text(to_string(use)));
    for (const auto& [key, text] : parts)
        if (!text.empty()) table += fmt::format(", {} = {}", key, toml_text(text));
    if (versions.min == versions.max)
        table += fmt::format(", version = \"{}\"",
                             versions.min == tls::Version::tls_1_2 ? "1.2" : "1.3");
    writer.line("tls", table + " }");
}

void write_receiver(Writer& writer, const ReceiverSettings& receiver) {
    if (!receiver.profile.empty()) writer.text("profile", receiver.profile);
    writer.text("listen", receiver.listen);
    write_work(writer, receiver);
    write_refusals(writer, receiver);
    write_forwards(writer, receiver);
    writer.size("max_size", receiver.max_size);
    writer.number("max_recipients", receiver.max_recipients);
    writer.flag("pipelining", receiver.pipelining);
    writer.flag("chunking", receiver.chunking);
    writer.flag("eight_bit_mime", receiver.eight_bit_mime);
    writer.flag("size", receiver.size);
    writer.flag("ehlo", receiver.ehlo);
    writer.auth(receiver.auth);
    write_tls(writer, receiver.tls.use, receiver.tls.versions,
              {{"certificate", receiver.tls.certificate}, {"key", receiver.tls.key}});
}

}  // namespace twofifty::harness
