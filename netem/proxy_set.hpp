// The proxies of one process, by name, as a control API changes them. Each has its own rule book
// and its toxics; all share the clock, the network, the identities and the numbers of connections.
//
// A change is atomic: all that can be wrong is found, and every new place to listen is there,
// before anything changes; rules change at one instant. Belongs to its world's thread.
#pragma once

#include "netem/proxy.hpp"
#include "netem/proxy_ears.hpp"
#include "netem/toxic.hpp"
#include "world/random.hpp"

#include <boost/system/result.hpp>

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::netem {

/// Why a change was not made.
struct Problem {
    enum class Kind : std::uint8_t {
        invalid,    ///< What was asked for makes no sense.
        refused,    ///< It makes sense, and is not allowed.
        not_found,  ///< There is no proxy, or no toxic, of that name.
        exists,     ///< There is one already.
        failed,     ///< The system does not let us listen there.
    };
    Kind kind = Kind::invalid;
    std::string message;  ///< For the user; of Toxiproxy's wording where it has one.

    bool operator==(const Problem&) const = default;
};

template <class T>
using Changed = boost::system::result<T, Problem>;

/// A proxy as a user describes it.
struct ProxyDescription {
    std::string name;
    std::string listen;    ///< host:port; empty: a free port of 127.0.0.1.
    std::string upstream;  ///< host:port
    bool enabled = true;
    bool lmtp = false;
};

class NamedProxy {
public:
    const std::string& name() const { return name_; }
    /// host:port as it was written, or, once it has listened, where it does.
    const std::string& listen() const { return listen_; }
    const std::string& upstream() const { return upstream_; }
    bool lmtp() const { return lmtp_; }
    bool enabled() const { return proxy_ != nullptr; }
    /// In the order in which they were added, which is that of the rules.
    const std::vector<Toxic>& toxics() const { return toxics_; }
    const Toxic* toxic(std::string_view name) const;
    /// Connections that are open.
    std::size_t sessions() const { return proxy_ ? proxy_->sessions() : 0; }
    RuleBook& rules() { return rules_; }
    const RuleBook& rules() const { return rules_; }

private:
    friend class ProxySet;
    NamedProxy(std::string name, std::uint64_t seed)
        : name_(std::move(name)), rules_({}, world::fold(seed, name_)) {}

    std::string name_;
    std::string listen_;
    std::string upstream_;
    world::Endpoint target_;  ///< What upstream_ resolved to.
    bool lmtp_ = false;
    std::vector<Toxic> toxics_;
    // From here on each is used by those behind it.
    RuleBook rules_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<ProxyEars> ears_;
    std::unique_ptr<Proxy> proxy_;  ///< Null while it is not enabled.
};

/// What the proxies of a set share. All of it must outlive the set.
struct ProxySetContext {
    world::Clock& clock;
    world::Network& network;
    Identities& identities;
    Recorder& recorder;
    ConnectionCounter& connections;
    Tap* tap = nullptr;
};

struct ProxySetOptions {
    /// Each proxy's rules draw from this and its name.
    std::uint64_t seed = 1;
    /// The literal addresses of a host name (or of a literal, itself); world::real_world::resolve
    /// is one. None: only literal addresses and "localhost" are known.
    std::function<world::Result<std::vector<std::string>>(const std::string& host)> resolve{};
    /// Whether mail may go to a host, as it was written, that is neither loopback nor private.
    /// None: never.
    std::function<bool(const std::string& host)> may_send_to{};
    /// Takes the events of a new proxy, whose rules count from 1 as every book's do, in the place
    /// of the shared recorder. It is destroyed with its proxy, before the book. None: the shared
    /// one.
    std::function<std::unique_ptr<Recorder>(const RuleBook& rules)> recorder_for{};
};

class ProxySet {
public:
    explicit ProxySet(const ProxySetContext& context, ProxySetOptions options = {});
    ~ProxySet();
    ProxySet(const ProxySet&) = delete;
    ProxySet& operator=(const ProxySet&) = delete;

    NamedProxy* find(std::string_view name);
    /// By name.
    std::vector<NamedProxy*> list() const;

    Changed<NamedProxy*> create(const ProxyDescription& description);
    /// Listen, upstream, enabled. Where one of the first two changes, or it is disabled, its
    /// connections are closed. The name must be the proxy's.
    Changed<NamedProxy*> update(const ProxyDescription& description);
    Changed<void> remove(std::string_view name);
    /// Creates those that are not there, and exchanges those whose listen or upstream differs; the
    /// others, with their toxics, are left as they are. In the order of the descriptions.
    Changed<std::vector<NamedProxy*>> populate(std::span<const ProxyDescription> descriptions);
    /// Enables every proxy and removes every toxic.
    Changed<void> reset();

    /// Behind those there are. REQUIRES: the toxic has its attributes.
    Changed<void> add_toxic(NamedProxy& proxy, Toxic toxic);
    /// In the place of the one of that name.
    Changed<void> update_toxic(NamedProxy& proxy, Toxic toxic);
    Changed<void> remove_toxic(NamedProxy& proxy, std::string_view name);
    /// Rules (of a file, say) as toxics of type smtp: all of them, or none.
    Changed<void> add_rules(NamedProxy& proxy, std::span<const Rule> rules);

    /// Accepts no more anywhere; connections go on.
    void stop_accepting();
    /// Null: nobody observes.
    void observe(ProxyObserver* observer) { observer_ = observer; }

private:
    struct Places;
    struct Plan;

    Changed<Places> places_of(const ProxyDescription& description) const;
    Changed<std::vector<std::string>> addresses_of(const world::Endpoint& endpoint,
                                                   const char* what) const;
    Changed<std::unique_ptr<world::Listener>> open(const world::Endpoint& endpoint);
    Changed<Plan> plan_for(const ProxyDescription& description);
    Changed<void> open_for(std::span<Plan> plans);
    NamedProxy* carry_out(Plan& plan);
    std::unique_ptr<NamedProxy> make(const ProxyDescription& description);
    void start(NamedProxy& proxy, std::unique_ptr<world::Listener> listener);
    void stop(NamedProxy& proxy);
    void erase(NamedProxy& proxy);
    static void use_toxics(NamedProxy& proxy);

    ProxySetContext context_;
    ProxySetOptions options_;
    ProxyObserver* observer_ = nullptr;
    std::map<std::string, std::unique_ptr<NamedProxy>, std::less<>> proxies_;
};

}  // namespace twofifty::netem
