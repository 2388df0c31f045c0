#include "services/payment_holds.hpp"

namespace eduplat {
namespace {

constexpr int orders_at_once = 50;

}  // namespace

void expire_order(Change& change, repositories::orders::Held const& order) {
    auto sale = load_sale(change.connection, order.payment);
    set_order(change, sale, OrderState::expired);
    settle(change, sale);
}

void cancel_open_orders(Change& change, UserId user) {
    for (auto const& order : repositories::orders::all_open(change.connection, user)) {
        auto sale = load_sale(change.connection, order.payment);
        set_order(change, sale, OrderState::canceled);
        settle(change, sale);
    }
}

int expire_orders(Change& change, std::optional<CourseId> course) {
    auto const overdue =
        repositories::orders::overdue(change.connection, change.now, orders_at_once, course);
    for (auto const& order : overdue)
        expire_order(change, order);
    return static_cast<int>(overdue.size());
}

JobStep expire_holds(Dependencies const& dependencies) {
    auto const now = dependencies.clock.now();
    Uids const uids{dependencies.random, now};
    Asker const system{.kind = ActorKind::system};
    int const expired = dependencies.storage.write([&](storage::Connection& connection) {
        Change change{connection, system, dependencies.payments.refunds, uids, now};
        return expire_orders(change);
    });
    return expired == orders_at_once ? JobStep::more : JobStep::finished;
}

}  // namespace eduplat
