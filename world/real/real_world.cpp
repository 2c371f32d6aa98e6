#include "world/real/real_world.hpp"

#include "world/real/real_network.hpp"
#include "world/real/real_stream.hpp"
#include "world/task_scope.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace twofifty::world::real_world {
namespace {

using std::chrono::steady_clock;

class RealClock final : public Clock {
public:
    explicit RealClock(Origin origin) : origin_(origin) {}
    TimePoint now() const override { return TimePoint{steady_clock::now() - origin_}; }

private:
    Origin origin_;
};

/// The loop looks around at least so often, whatever it waits for.
constexpr Duration longest_wait = std::chrono::seconds{1};

}  // namespace

struct RealWorld::Loop {
    explicit Loop(Origin origin)
        : clock(origin), network(context, clock.ready()), work(context.get_executor()) {}

    void turn() {
        bool worked = false;
        while (!clock.ready().empty()) {
            clock.ready().run_one();
            worked = true;
        }
        if (clock.timers().earliest() != never) {
            const TimePoint now = clock.now();
            while (clock.timers().fire_one(now)) worked = true;
        }
        if (worked) {
            // The last task may have ended just now: whoever turns the loop looks before it waits.
            context.poll();
            return;
        }
        const TimePoint earliest = clock.timers().earliest();
        const Duration wait =
            earliest == never ? longest_wait : std::min(longest_wait, earliest - clock.now());
        if (wait > Duration::zero()) context.run_one_for(wait);
    }

    boost::asio::io_context context{1};
    RealClock clock;
    RealNetwork network;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
};

RealWorld::RealWorld(Origin origin) : loop_(std::make_unique<Loop>(origin)) {}
RealWorld::~RealWorld() = default;

Clock& RealWorld::clock() {
    return loop_->clock;
}
Network& RealWorld::network() {
    return loop_->network;
}

void RealWorld::run(Task<> main) {
    TaskScope scope(loop_->clock.ready());
    scope.spawn(std::move(main));
    while (scope.size() > 0) loop_->turn();
}

void RealWorld::post(std::function<void()> work) {
    boost::asio::post(loop_->context, std::move(work));
}

Result<std::vector<std::string>> resolve(const std::string& host) {
    boost::asio::io_context context{1};
    boost::asio::ip::tcp::resolver resolver(context);
    boost::system::error_code error;
    const auto found = resolver.resolve(host, "", error);
    if (error || found.empty()) return Error::name_not_found;
    std::vector<std::string> addresses;
    for (const auto& entry : found) {
        const std::string address = entry.endpoint().address().to_string();
        if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
            addresses.push_back(address);
    }
    std::stable_partition(addresses.begin(), addresses.end(), [](const std::string& address) {
        return address.find(':') == std::string::npos;
    });
    return addresses;
}

}  // namespace twofifty::world::real_world
