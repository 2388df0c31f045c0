#include <eduplat/core/limits.hpp>
#include <eduplat/domain/payment_position.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace eduplat {
namespace {

using enum GatewayFactKind;

/// The facts that fit, by reference.
class Facts {
  public:
    explicit Facts(std::vector<KnownFact> const& facts) : facts_(facts) {}

    [[nodiscard]] bool has(std::string const& reference, GatewayFactKind kind) const {
        return std::any_of(facts_.begin(), facts_.end(), [&](KnownFact const& fact) {
            return fact.kind == kind && fact.reference == reference && fact.conflict.empty();
        });
    }

    [[nodiscard]] std::int64_t largest(std::string const& reference, GatewayFactKind kind) const {
        std::int64_t amount = 0;
        for (auto const& fact : facts_) {
            bool const counts =
                fact.kind == kind && fact.reference == reference && fact.conflict.empty();
            if (counts) amount = std::max(amount, fact.amount_minor);
        }
        return amount;
    }

    /// Of several reasons the first in the order of texts, so that it does not matter which came
    /// first.
    [[nodiscard]] std::string reason(std::string const& reference, GatewayFactKind kind) const {
        std::set<std::string> reasons;
        for (auto const& fact : facts_) {
            if (fact.kind == kind && fact.reference == reference) reasons.insert(fact.reason);
        }
        return reasons.empty() ? std::string{} : *reasons.begin();
    }

  private:
    std::vector<KnownFact> const& facts_;
};

/// What was told of an attempt, by what outlasts what.
struct Told {
    GatewayFactKind kind;
    AttemptState attempt;
    PaymentState payment;
};

constexpr std::array strongest_first{
    Told{captured, AttemptState::succeeded, PaymentState::captured},
    Told{canceled, AttemptState::declined, PaymentState::canceled},
    Told{expired, AttemptState::declined, PaymentState::expired},
    Told{declined, AttemptState::declined, PaymentState::failed},
    Told{authorized, AttemptState::sent, PaymentState::authorized},
    Told{processing, AttemptState::sent, PaymentState::processing},
    Told{requires_action, AttemptState::sent, PaymentState::requires_action},
};

Told const* told_of(Facts const& facts, KnownAttempt const& attempt) {
    for (auto const& told : strongest_first) {
        if (facts.has(attempt.reference, told.kind)) return &told;
    }
    return nullptr;
}

RefundState refund_state(Facts const& facts, KnownRefund const& refund) {
    if (facts.has(refund.reference, refund_failed)) return RefundState::failed;
    if (facts.has(refund.reference, refund_succeeded)) return RefundState::succeeded;
    if (facts.has(refund.reference, refund_pending)) return RefundState::pending;
    return RefundState::requested;
}

/// Which of the captured attempts pays: not one that was taken for surplus, rather one of which
/// something was paid back, and of those the first.
std::optional<std::size_t> paying_attempt(PaymentRecords const& records,
                                          std::vector<AttemptState> const& states) {
    std::optional<std::tuple<int, std::size_t>> best;
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (states[i] != AttemptState::succeeded) continue;
        int rank = 1;
        for (auto const& refund : records.refunds) {
            if (refund.attempt != i) continue;
            if (refund.cause == RefundCause::surplus) rank = 2;
            if (refund.cause != RefundCause::surplus && rank == 1) rank = 0;
        }
        if (!best || std::tuple{rank, i} < *best) best = {rank, i};
    }
    if (!best) return std::nullopt;
    return std::get<1>(*best);
}

struct Returned {
    std::int64_t pending = 0;
    std::int64_t succeeded = 0;
};

/// Refunds of one attempt's money, cut at what there was of it.
Returned returned(PaymentRecords const& records, PaymentPosition const& position,
                  std::size_t attempt, std::int64_t captured_minor) {
    Returned sum;
    for (std::size_t i = 0; i < records.refunds.size(); ++i) {
        auto const& refund = records.refunds[i];
        if (refund.attempt != attempt) continue;
        auto const state = position.refunds[i];
        if (state == RefundState::succeeded) sum.succeeded += refund.amount_minor;
        bool const open = state == RefundState::requested || state == RefundState::pending;
        if (open) sum.pending += refund.amount_minor;
    }
    sum.succeeded = std::min(sum.succeeded, captured_minor);
    sum.pending = std::min(sum.pending, captured_minor - sum.succeeded);
    return sum;
}

bool refunded_too_much(PaymentRecords const& records, PaymentPosition const& position) {
    if (!position.paid_by) return false;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < records.refunds.size(); ++i) {
        bool const counts = records.refunds[i].attempt == *position.paid_by &&
                            position.refunds[i] == RefundState::succeeded;
        if (counts) sum += records.refunds[i].amount_minor;
    }
    return sum > records.amount.minor_units();
}

std::string conflict_of(PaymentRecords const& records, PaymentPosition const& position) {
    std::set<std::string> all;
    for (auto const& fact : records.facts) {
        if (!fact.conflict.empty()) all.insert(fact.conflict);
    }
    if (refunded_too_much(records, position)) all.insert("refunded");
    std::string text;
    for (auto const& one : all)
        text += (text.empty() ? "" : ",") + one;
    return text;
}

/// What a bank gave back of an attempt's money by a lost dispute, of `rest` at most.
std::int64_t lost_minor(Facts const& facts, std::string const& reference, std::int64_t rest) {
    return std::min(rest, facts.largest(reference, dispute_lost));
}

void set_dispute(PaymentRecords const& records, Facts const& facts, PaymentPosition& position) {
    auto const& reference = records.attempts[*position.paid_by].reference;
    auto const rest = position.captured - position.refunded;
    auto const part = [&](GatewayFactKind kind) {
        return std::min(rest, Money{facts.largest(reference, kind), rest.currency()});
    };
    if (facts.has(reference, dispute_lost)) {
        position.dispute = DisputeState::lost;
        position.lost = part(dispute_lost);
    } else if (facts.has(reference, dispute_won)) {
        position.dispute = DisputeState::won;
    } else if (facts.has(reference, dispute_opened)) {
        position.dispute = DisputeState::open;
        position.disputed = part(dispute_opened);
    }
}

void set_money(PaymentRecords const& records, Facts const& facts, PaymentPosition& position) {
    auto const currency = records.amount.currency();
    position.paid_by = paying_attempt(records, position.attempts);
    if (!position.paid_by) return;
    position.authorized = records.amount;
    position.captured = records.amount;
    auto const whole = records.amount.minor_units();
    for (std::size_t i = 0; i < position.attempts.size(); ++i) {
        if (position.attempts[i] != AttemptState::succeeded) continue;
        auto const back = returned(records, position, i, whole);
        if (i == *position.paid_by) {
            position.refunded = Money{back.succeeded, currency};
            position.refund_pending = Money{back.pending, currency};
        } else {
            auto const& reference = records.attempts[i].reference;
            auto const lost = lost_minor(facts, reference, whole - back.succeeded);
            position.surplus += records.amount;
            position.surplus_refunded += Money{back.succeeded + lost, currency};
        }
    }
    set_dispute(records, facts, position);
    // What a bank took cannot be paid back as well.
    position.refund_pending =
        std::min(position.refund_pending,
                 position.captured - position.refunded - position.disputed - position.lost);
}

PaymentState state_of(PaymentRecords const& records, PaymentPosition const& position,
                      Told const* last) {
    if (position.paid_by) return PaymentState::captured;
    if (!position.conflict.empty()) return PaymentState::conflicted;
    if (records.order == OrderState::canceled) return PaymentState::canceled;
    if (records.order == OrderState::expired) return PaymentState::expired;
    return last == nullptr ? PaymentState::created : last->payment;
}

bool counts_as_tried(OwedRefund const& owed, KnownRefund const& refund) {
    return refund.attempt == owed.attempt && refund.cause == owed.cause;
}

/// Whether it may be tried once more.
bool may_try(PaymentRecords const& records, OwedRefund const& owed) {
    auto const tries = std::count_if(records.refunds.begin(), records.refunds.end(),
                                     [&](auto const& r) { return counts_as_tried(owed, r); });
    return owed.amount_minor > 0 && tries < limits::refund_tries_max;
}

}  // namespace

PaymentPosition position_of(PaymentRecords const& records) {
    Money const zero{0, records.amount.currency()};
    Facts const facts{records.facts};
    PaymentPosition position{.authorized = zero,
                             .captured = zero,
                             .refund_pending = zero,
                             .refunded = zero,
                             .disputed = zero,
                             .lost = zero,
                             .surplus = zero,
                             .surplus_refunded = zero};
    Told const* last = nullptr;
    for (auto const& attempt : records.attempts) {
        last = told_of(facts, attempt);
        position.attempts.push_back(last == nullptr ? attempt.state : last->attempt);
    }
    for (auto const& refund : records.refunds)
        position.refunds.push_back(refund_state(facts, refund));
    set_money(records, facts, position);
    if (!position.paid_by && last != nullptr) {
        if (last->kind == authorized) position.authorized = records.amount;
        if (last->attempt == AttemptState::declined) {
            position.failure = facts.reason(records.attempts.back().reference, last->kind);
        }
    }
    position.conflict = conflict_of(records, position);
    position.state = state_of(records, position, last);
    return position;
}

std::vector<OwedRefund> owed_refunds(PaymentRecords const& records, PaymentPosition const& position,
                                     bool undelivered) {
    std::vector<OwedRefund> owed;
    for (std::size_t i = 0; i < position.attempts.size(); ++i) {
        if (position.attempts[i] != AttemptState::succeeded) continue;
        bool const pays = i == position.paid_by;
        if (pays && !undelivered) continue;
        auto const whole = records.amount.minor_units();
        auto const back = returned(records, position, i, whole);
        auto const& reference = records.attempts[i].reference;
        auto const open = whole - back.succeeded - back.pending;
        auto const rest = pays ? position.left().minor_units()
                               : open - lost_minor(Facts{records.facts}, reference, open);
        OwedRefund const one{i, pays ? RefundCause::unfulfilled : RefundCause::surplus, rest};
        if (may_try(records, one)) owed.push_back(one);
    }
    return owed;
}

std::string_view misfit(GatewayFact const& fact, Money expected, bool known_refund,
                        std::string_view merchant) {
    if (!fact.merchant.empty() && !merchant.empty() && fact.merchant != merchant) return "merchant";
    bool const whole = fact.kind == captured || fact.kind == authorized || known_refund;
    bool const money = whole || fact.kind >= refund_pending;
    if (!fact.amount) return money ? "amount" : "";
    if (fact.amount->currency() != expected.currency()) return "currency";
    if (whole ? *fact.amount != expected : *fact.amount > expected) return "amount";
    return money && fact.amount->minor_units() < 1 ? "amount" : "";
}

}  // namespace eduplat
