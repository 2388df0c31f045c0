#pragma once

#include "repositories/payments.hpp"
#include "repositories/refunds.hpp"
#include "services/access.hpp"
#include "services/uids.hpp"

#include <eduplat/domain/payment_position.hpp>
#include <eduplat/ports/payment_gateway.hpp>
#include <eduplat/services/dependencies.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One sale inside a transaction: all rows of a payment, and how they are brought to what follows
/// from them.
namespace eduplat {

struct Sale {
    repositories::payments::Row row;
    std::vector<repositories::payments::Attempt> attempts = {};
    std::vector<repositories::refunds::Row> refunds = {};
    std::vector<repositories::payments::Fact> facts = {};
    std::optional<repositories::refunds::RevocationRow> revocation = std::nullopt;
    bool has_books = true;  ///< false: nothing was told of it yet, so that nothing is posted

    [[nodiscard]] Payment const& payment() const noexcept { return row.payment; }
    [[nodiscard]] PaymentRecords records() const;
    [[nodiscard]] PaymentIntent intent(repositories::payments::Attempt const& attempt) const;
    [[nodiscard]] RefundIntent intent(repositories::refunds::Row const& refund) const;
    /// Whether there is still as much of its charge, and no bank asks for it.
    [[nodiscard]] bool may_be_paid_back(repositories::refunds::Row const& refund) const;
    /// Whether the last attempt's end is open.
    [[nodiscard]] bool attempt_is_open() const;
    [[nodiscard]] repositories::refunds::Row const& refund(RefundId refund) const;
    [[nodiscard]] std::size_t attempt_of(repositories::refunds::Row const& refund) const;
};

/// Whether no more is expected of an attempt.
[[nodiscard]] constexpr bool has_ended(AttemptState state) noexcept {
    return state == AttemptState::succeeded || state == AttemptState::declined;
}

/// Errors: not_found (field "payment", rule "unknown").
[[nodiscard]] Sale load_sale(storage::Connection& connection, PaymentId payment);
[[nodiscard]] Sale load_sale(storage::Connection& connection, repositories::payments::Row row);

/// What a change of a sale is made with.
struct Change {
    storage::Connection& connection;
    Asker const& asker;
    RefundPolicy const& policy;
    Uids uids;
    Timestamp now;
};

/// Brings orders, access, refunds and books to what follows from the records, and writes what
/// differs. Done twice, it changes nothing the second time. Errors: none of its own.
void settle(Change& change, Sale& sale);

/// What became of the facts of one delivery.
struct TakenIn {
    int news = 0;
    std::string misfit = {};  ///< what does not fit; of that only the mark was written
};

/// Facts as they are kept: long reasons are cut, and without what is not UTF-8. Nothing if one of
/// their names is longer than limits::gateway_word_bytes_max or not UTF-8.
[[nodiscard]] std::optional<std::vector<GatewayFact>> kept_facts(std::vector<GatewayFact> facts);

/// Settles payments of which something is owed that was refused before, a bounded number of them:
/// when it is time, it is asked for anew.
void settle_owed(Change& change, int limit);

/// Whether a charge that facts tell of may be known as another payment's.
enum class Claims : std::uint8_t { open, checked };

/// Keeps the facts, each once, and settles.
[[nodiscard]] TakenIn take_in(Change& change, Sale& sale, std::vector<GatewayFact> const& facts,
                              PaymentGateway const& gateway, Claims claims = Claims::open);

/// Writes a try of a payment, and returns its reference.
std::string insert_attempt(Change& change, PaymentId payment, int number);

/// Writes another try of a payment.
void add_attempt(Change& change, Sale& sale);

/// Writes a refund of an attempt's money, and says whether it is new. Its key and reference are
/// taken from its uid, where they are not given.
struct AskedRefund {
    std::size_t attempt;
    RefundCause cause;
    std::int64_t amount_minor;
    std::string reason = {};
    std::string idempotency_key = {};
    std::string reference = {};
    repositories::Digest digest = {};
    std::string charge_id = {};
};
[[nodiscard]] RefundId add_refund(Change& change, Sale& sale, AskedRefund const& asked);

/// Notes in the journal that an order came into a state.
void note_order(Change& change, Sale const& sale, OrderState state);

/// Moves an order on, notes it, and gives back the seat that it holds.
void set_order(Change& change, Sale& sale, OrderState state);

/// When to look after an attempt that comes into this state: one that was captured never again; one
/// that is said to be over some times more, for not every gateway means it.
[[nodiscard]] std::optional<Timestamp> check_after(repositories::payments::Attempt const& attempt,
                                                   AttemptState state, Timestamp now);

/// When to look after something that began at `since`: after a minute, and ever more seldom, to
/// every six hours.
[[nodiscard]] Timestamp next_check(Timestamp since, Timestamp now);

}  // namespace eduplat
