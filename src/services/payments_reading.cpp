#include "repositories/ledger.hpp"
#include "services/paging.hpp"
#include "services/payments_impl.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/validation.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

namespace eduplat {

namespace ledger_table = repositories::ledger;
namespace payments_table = repositories::payments;
namespace refunds_table = repositories::refunds;

namespace {

/// The list's name: with other filters it is another list.
std::string list_name(PaymentFilter const& filter) {
    std::string list = "payments";
    if (filter.user) list += "&user=" + std::to_string(filter.user->value());
    if (filter.course) list += "&course=" + std::to_string(filter.course->value());
    if (filter.state) list += "&state=" + std::string{name(*filter.state)};
    return list;
}

template <class Row>
std::vector<CursorKey> key_of(Row const& row) {
    return {row.id.value()};
}

template <class Key>
std::optional<Payment> found(storage::Connection& connection, Actor const& actor, Call call,
                             Key const& key, Timestamp now) {
    auto row = visible_payment(connection, actor, call, key, now);
    if (!row) return std::nullopt;
    return std::move(row->payment);
}

}  // namespace

Payment Payments::get_payment(Actor const& actor, PaymentId payment) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        auto result = found(connection, actor, Call::payments_get_payment, payment, now);
        if (!result) fail(ErrorCode::not_found, "payment", "unknown");
        return *std::move(result);
    });
}

std::optional<Payment> Payments::find_payment(Actor const& actor, PaymentId payment) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return found(connection, actor, Call::payments_find_payment, payment, now);
    });
}

std::optional<Payment> Payments::find_payment(Actor const& actor, Uid const& payment) const {
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        return found(connection, actor, Call::payments_find_payment, payment, now);
    });
}

Page<Payment> Payments::payments(Actor const& actor, PaymentFilter const& filter,
                                 PageRequest const& request) const {
    Validation validation;
    if (filter.state && name(*filter.state).empty()) validation.add("state", "unknown");
    validation.check("payments");
    auto const list = list_name(filter);
    constexpr auto newest = std::numeric_limits<std::int64_t>::max();
    auto const before = std::get<0>(keys_after<std::int64_t>(list, request, {newest}));
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        auto const asker = identify(connection, actor, now);
        bool const own = filter.user && asker.is(*filter.user);
        require(asker, Call::payments_payments, own ? Relation::own : Relation::other);
        return payments_table::page(connection, {filter.user, filter.course, filter.state}, before,
                                    request.limit + 1);
    });
    return make_page<Payment>(list, request, std::move(rows), [&](Payment const& row) {
        bool const by_line = filter.course && !filter.user;
        return std::vector<CursorKey>{by_line ? row.line.value() : row.id.value()};
    });
}

Page<Refund> Payments::refunds(Actor const& actor, PaymentId payment,
                               PageRequest const& request) const {
    auto const list = "refunds&payment=" + std::to_string(payment.value());
    auto const after = std::get<0>(keys_after<std::int64_t>(list, request, {0}));
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        if (!visible_payment(connection, actor, Call::payments_refunds, payment, now)) {
            fail(ErrorCode::not_found, "payment", "unknown");
        }
        return refunds_table::page(connection, payment, after, request.limit + 1);
    });
    return make_page<Refund>(
        list, request, std::move(rows),
        [](refunds_table::Row const& row) { return key_of(row.refund); },
        [](refunds_table::Row&& row) { return std::move(row.refund); });
}

Page<Transfer> Payments::transfers(Actor const& actor, PaymentId payment,
                                   PageRequest const& request) const {
    auto const list = "transfers&payment=" + std::to_string(payment.value());
    auto const after = std::get<0>(keys_after<std::int64_t>(list, request, {0}));
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        static_cast<void>(authorize(connection, actor, Call::payments_transfers, now));
        if (!payments_table::find(connection, payment)) {
            fail(ErrorCode::not_found, "payment", "unknown");
        }
        return ledger_table::transfers(connection, payment, after, request.limit + 1);
    });
    return make_page<Transfer>(list, request, std::move(rows),
                               [](Transfer const& row) { return std::vector<CursorKey>{row.id}; });
}

Page<Balance> Payments::balances(Actor const& actor, PageRequest const& request) const {
    constexpr std::string_view list = "balances";
    auto const keys = keys_after<std::int64_t, std::string>(list, request, {0, ""});
    auto const now = impl_->now();
    auto rows = impl_->storage().read([&](auto& connection) {
        static_cast<void>(authorize(connection, actor, Call::payments_balances, now));
        return ledger_table::balances(connection, std::get<0>(keys), std::get<1>(keys),
                                      request.limit + 1);
    });
    return make_page<Balance>(
        list, request, std::move(rows),
        [](ledger_table::BalanceRow const& row) {
            return std::vector<CursorKey>{row.account,
                                          std::string{row.balance.amount.currency().code()}};
        },
        [](ledger_table::BalanceRow&& row) { return row.balance; });
}

Reconciliation Payments::reconcile(Actor const& actor) const {
    constexpr int most = limits::reconciliation_items_max;
    auto const now = impl_->now();
    return impl_->storage().read([&](auto& connection) {
        static_cast<void>(authorize(connection, actor, Call::payments_reconcile, now));
        return Reconciliation{
            .paid_not_delivered = payments_table::paid_not_delivered(connection, most),
            .delivered_not_paid = payments_table::delivered_not_paid(connection, most),
            .unsettled = payments_table::unsettled(connection, most),
            .conflicted = payments_table::conflicted(connection, most),
            .open_refunds = refunds_table::open(connection, most),
            .owed = refunds_table::owed(connection, Timestamp::max(), most),
            .open_revocations = refunds_table::open_revocations(connection, most),
            .unbalanced = ledger_table::unbalanced(connection),
            .balances_match = ledger_table::balances_match(connection)};
    });
}

}  // namespace eduplat
