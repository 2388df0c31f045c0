#pragma once

#include "repositories/payments.hpp"
#include "repositories/rows.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/payment.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Refunds, and the taking back of what refunded lines gave.
namespace eduplat::repositories::refunds {

struct Row {
    Refund refund;
    payments::AttemptId attempt;
    std::string reference;
    Digest digest;
    std::optional<Timestamp> check_at;
    int asked;  ///< requests given out, as far as one may have arrived
    std::string charge_id;
};

struct NewRefund {
    Uid uid;
    PaymentId payment;
    payments::AttemptId attempt;
    RefundCause cause;
    std::int64_t amount_minor;
    std::string_view reason = {};
    std::string_view idempotency_key;
    Digest digest = {};
    std::string_view reference;
    std::optional<Timestamp> check_at = std::nullopt;
    std::string_view charge_id = {};
};

/// Nothing if there is one with this reference or key.
std::optional<RefundId> insert(storage::Connection& connection, NewRefund const& refund,
                               Timestamp at);
[[nodiscard]] std::optional<Row> find(storage::Connection& connection, RefundId refund);
[[nodiscard]] std::optional<Row> find_by_key(storage::Connection& connection, PaymentId payment,
                                             std::string_view idempotency_key);
[[nodiscard]] std::optional<PaymentId> payment_of(storage::Connection& connection,
                                                  std::string_view reference);
[[nodiscard]] std::vector<Row> of_payment(storage::Connection& connection, PaymentId payment);
/// After the one numbered `after`, in order.
[[nodiscard]] std::vector<Row> page(storage::Connection& connection, PaymentId payment,
                                    std::int64_t after, int limit);
/// Those that have not ended and should have been looked after by `at`, the longest waiting first.
[[nodiscard]] std::vector<Row> due(storage::Connection& connection, Timestamp at, int limit);
void set_state(storage::Connection& connection, RefundId refund, RefundState state,
               std::optional<Timestamp> check_at, Timestamp at);
/// Notes that a request for it was given out, as its `asked`-th one, and when it will be looked
/// after next. False if somebody else did so since it was read.
bool look_after(storage::Connection& connection, Row const& refund, int asked, Timestamp check_at);
/// Oldest first.
[[nodiscard]] std::vector<RefundId> open(storage::Connection& connection, int limit);

/// Payments of which something is owed that should be asked for anew by `at`. Oldest first.
[[nodiscard]] std::vector<PaymentId> owed(storage::Connection& connection, Timestamp at, int limit);

// -- Revocations

enum class RevocationCause : std::uint8_t { asked, refund };

struct RevocationRow {
    RevocationCause cause;
    RevocationState state;
};

[[nodiscard]] std::optional<RevocationRow> find_revocation(storage::Connection& connection,
                                                           OrderLineId line);
/// Makes it, or changes it.
void set_revocation(storage::Connection& connection, OrderLineId line, Uid const& uid,
                    RevocationRow const& revocation, Timestamp at);
void remove_revocation(storage::Connection& connection, OrderLineId line);
/// Payments whose access should have been taken back. Oldest first.
[[nodiscard]] std::vector<PaymentId> open_revocations(storage::Connection& connection, int limit);

}  // namespace eduplat::repositories::refunds
