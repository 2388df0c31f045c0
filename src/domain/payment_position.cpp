#include <eduplat/domain/payment_position.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

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

    /// Of several reasons the first in the order of texts, so that it does not matter which came
    /// first.
    [[nodiscard]] std::string reason(std::string const& reference, GatewayFactKind kind) const {
        std::set<std::string> reasons;
        for (auto const& fact : facts_) {
            bool const tells = fact.kind == kind && fact.reference == reference &&
                               fact.conflict.empty() && !fact.reason.empty();
            if (tells) reasons.insert(fact.reason);
        }
        return reasons.empty() ? std::string{} : *reasons.begin();
    }

    /// The names of an attempt's charges. One without a name is counted only where no other has
    /// one.
    [[nodiscard]] std::set<std::string> charges(std::string const& reference) const {
        std::set<std::string> names;
        for (auto const& fact : facts_) {
            bool const tells =
                fact.kind == captured && fact.reference == reference && fact.conflict.empty();
            if (tells) names.insert(fact.transaction_id);
        }
        if (names.size() > 1) names.erase("");
        return names;
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
    return refund.ended ? RefundState::failed : RefundState::requested;
}

// -- Charges

std::vector<Charge> charges_of(PaymentRecords const& records, Facts const& facts) {
    std::vector<Charge> charges;
    for (std::size_t i = 0; i < records.attempts.size(); ++i) {
        for (auto const& id : facts.charges(records.attempts[i].reference))
            charges.push_back({.attempt = i, .id = id, .whole = records.amount.minor_units()});
    }
    return charges;
}

/// The charge of this name, or the attempt's first one; nothing while none is captured.
std::optional<std::size_t> charge_named(std::vector<Charge> const& charges, std::size_t attempt,
                                        std::string const& id) {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < charges.size(); ++i) {
        if (charges[i].attempt != attempt) continue;
        if (charges[i].id == id) return i;
        if (!first) first = i;
    }
    return first;
}

std::optional<std::size_t> paying_charge(PaymentRecords const& records,
                                         PaymentPosition const& position) {
    std::optional<std::size_t> asked;
    for (std::size_t i = 0; i < records.refunds.size(); ++i) {
        auto const charge = position.refunded_charges[i];
        bool const decided = charge && records.refunds[i].cause == RefundCause::asked;
        if (decided && (!asked || *charge < *asked)) asked = charge;
    }
    if (asked || position.charges.empty()) return asked;
    return 0;
}

/// A dispute as it was told, by the gateway's name of it.
struct Dispute {
    std::size_t attempt = 0;
    std::string charge_id = {};  ///< of several the first in the order of texts
    std::int64_t opened_minor = 0;
    std::int64_t lost_minor = 0;
    DisputeState state = DisputeState::none;
};

DisputeState stronger(DisputeState one, DisputeState other) {
    return std::max(one, other);  // none, open, won, lost
}

void tell(Dispute& dispute, KnownFact const& fact) {
    bool const names = !fact.charge_id.empty() &&
                       (dispute.charge_id.empty() || fact.charge_id < dispute.charge_id);
    if (names) dispute.charge_id = fact.charge_id;
    if (fact.kind == dispute_opened) {
        dispute.state = stronger(dispute.state, DisputeState::open);
        dispute.opened_minor = std::max(dispute.opened_minor, fact.amount_minor);
    } else if (fact.kind == dispute_won) {
        dispute.state = stronger(dispute.state, DisputeState::won);
    } else {
        dispute.state = DisputeState::lost;
        dispute.lost_minor = std::max(dispute.lost_minor, fact.amount_minor);
    }
}

std::vector<Dispute> disputes_of(PaymentRecords const& records) {
    std::map<std::pair<std::size_t, std::string>, Dispute> disputes;
    for (auto const& fact : records.facts) {
        if (fact.kind < dispute_opened || !fact.conflict.empty()) continue;
        for (std::size_t i = 0; i < records.attempts.size(); ++i) {
            if (records.attempts[i].reference != fact.reference) continue;
            auto& dispute = disputes[{i, fact.transaction_id}];
            dispute.attempt = i;
            tell(dispute, fact);
        }
    }
    std::vector<Dispute> all;
    for (auto& [name, dispute] : disputes) {
        // Some gateways know a dispute by its charge's name.
        if (dispute.charge_id.empty()) dispute.charge_id = name.second;
        all.push_back(std::move(dispute));
    }
    return all;
}

/// What several disputes come to: one that is open has to be waited for.
DisputeState together(DisputeState one, DisputeState other) {
    bool const open = one == DisputeState::open || other == DisputeState::open;
    return open ? DisputeState::open : stronger(one, other);
}

/// Adds what was told to each charge.
void add_up(PaymentRecords const& records, PaymentPosition& position) {
    for (std::size_t i = 0; i < records.refunds.size(); ++i) {
        auto const place = position.refunded_charges[i];
        if (!place) continue;
        auto& charge = position.charges[*place];
        auto const amount = records.refunds[i].amount_minor;
        if (position.refunds[i] == RefundState::succeeded) charge.refunded += amount;
        if (position.refunds[i] < RefundState::succeeded) charge.refund_pending += amount;
    }
    for (auto const& dispute : disputes_of(records)) {
        auto const place = charge_named(position.charges, dispute.attempt, dispute.charge_id);
        if (!place) continue;
        auto& charge = position.charges[*place];
        charge.dispute = together(charge.dispute, dispute.state);
        if (dispute.state == DisputeState::lost) charge.lost += dispute.lost_minor;
        if (dispute.state == DisputeState::open) charge.disputed += dispute.opened_minor;
    }
}

/// Cuts each part at what the others have left of the charge.
void cut(Charge& charge) {
    charge.overdrawn = charge.refunded + charge.lost > charge.whole;
    auto rest = charge.whole;
    for (auto* const part :
         {&charge.refunded, &charge.lost, &charge.disputed, &charge.refund_pending}) {
        *part = std::min(*part, rest);
        rest -= *part;
    }
}

void set_charges(PaymentRecords const& records, Facts const& facts, PaymentPosition& position) {
    position.charges = charges_of(records, facts);
    for (auto const& refund : records.refunds) {
        position.refunds.push_back(refund_state(facts, refund));
        position.refunded_charges.push_back(
            charge_named(position.charges, refund.attempt, refund.charge_id));
    }
    add_up(records, position);
    for (auto& charge : position.charges)
        cut(charge);
    position.paid_by = paying_charge(records, position);
}

void set_money(PaymentRecords const& records, PaymentPosition& position) {
    if (!position.paid_by) return;
    auto const money = [&](std::int64_t minor) { return Money{minor, records.amount.currency()}; };
    position.authorized = records.amount;
    position.captured = records.amount;
    for (std::size_t i = 0; i < position.charges.size(); ++i) {
        auto const& charge = position.charges[i];
        if (i == *position.paid_by) {
            position.refunded = money(charge.refunded);
            position.refund_pending = money(charge.refund_pending);
            position.disputed = money(charge.disputed);
            position.lost = money(charge.lost);
            position.dispute = charge.dispute;
        } else {
            position.surplus += money(charge.whole);
            position.surplus_refunded += money(charge.refunded + charge.lost);
            position.surplus_disputed += money(charge.disputed);
        }
    }
}

/// Whether a word that does not fit was followed by, or follows, one about the same charge that
/// does.
bool is_corrected(PaymentRecords const& records, PaymentPosition const& position,
                  KnownFact const& fact) {
    if (fact.kind > captured || fact.transaction_id.empty()) return false;
    return std::any_of(position.charges.begin(), position.charges.end(), [&](Charge const& charge) {
        return charge.id == fact.transaction_id &&
               records.attempts[charge.attempt].reference == fact.reference;
    });
}

std::string conflict_of(PaymentRecords const& records, PaymentPosition const& position) {
    std::set<std::string> all;
    for (auto const& fact : records.facts) {
        if (fact.conflict.empty() || is_corrected(records, position, fact)) continue;
        all.insert(fact.conflict);
    }
    for (auto const& charge : position.charges) {
        if (charge.overdrawn) all.insert("refunded");
    }
    std::string text;
    for (auto const& one : all)
        text += (text.empty() ? "" : ",") + one;
    return text;
}

PaymentState state_of(PaymentRecords const& records, PaymentPosition const& position,
                      Told const* last) {
    if (position.paid_by) return PaymentState::captured;
    if (!position.conflict.empty()) return PaymentState::conflicted;
    if (records.order == OrderState::canceled) return PaymentState::canceled;
    if (records.order == OrderState::expired) return PaymentState::expired;
    return last == nullptr ? PaymentState::created : last->payment;
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
                             .surplus_refunded = zero,
                             .surplus_disputed = zero};
    Told const* last = nullptr;
    for (auto const& attempt : records.attempts) {
        last = told_of(facts, attempt);
        position.attempts.push_back(last == nullptr ? attempt.state : last->attempt);
    }
    set_charges(records, facts, position);
    set_money(records, position);
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

std::vector<OwedRefund> owed_refunds(PaymentPosition const& position, bool undelivered) {
    std::vector<OwedRefund> owed;
    for (std::size_t i = 0; i < position.charges.size(); ++i) {
        bool const pays = i == position.paid_by;
        auto const left = position.charges[i].left();
        if ((pays && !undelivered) || left < 1) continue;
        owed.push_back({i, pays ? RefundCause::unfulfilled : RefundCause::surplus, left});
    }
    return owed;
}

std::string_view misfit(GatewayFact const& fact, Money expected, bool known_refund,
                        std::string_view merchant) {
    if (!fact.merchant.empty() && !merchant.empty() && fact.merchant != merchant) return "merchant";
    bool const whole = fact.kind == captured || fact.kind == authorized || known_refund;
    bool const money = whole || fact.kind >= refund_pending;
    bool const refunds = fact.kind >= refund_pending && fact.kind <= refund_failed;
    if (refunds && !known_refund && fact.transaction_id.empty()) return "transaction";
    if (!fact.amount) return money ? "amount" : "";
    if (fact.amount->currency() != expected.currency()) return "currency";
    if (whole ? *fact.amount != expected : *fact.amount > expected) return "amount";
    return money && fact.amount->minor_units() < 1 ? "amount" : "";
}

}  // namespace eduplat
