#include "repositories/ledger.hpp"
#include "repositories/orders.hpp"
#include "services/enrollment_core.hpp"
#include "services/payment_sale.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace eduplat {

namespace orders = repositories::orders;
namespace payments_table = repositories::payments;
namespace refunds_table = repositories::refunds;
using refunds_table::RevocationCause;

namespace {

// -- What was paid is delivered

bool has_it_otherwise(Change& change, Payment const& payment) {
    return orders::standing(change.connection, payment.user, payment.course).owns ||
           orders::bought_otherwise(change.connection, payment);
}

/// Whether what was paid is still wanted: nobody shall have paid twice for one course by accident,
/// or for one that he is shut out of.
bool is_wanted(Change& change, Sale const& sale) {
    auto const& payment = sale.payment();
    if (sale.row.user_erased) return false;
    auto const standing = orders::standing(change.connection, payment.user, payment.course);
    if (standing.is_suspended) return false;
    if (payment.order_state == OrderState::open) return true;
    if (payment.order_state == OrderState::canceled) return false;
    return !standing.owns && !orders::bought_otherwise(change.connection, payment);
}

/// A renewal begins where what was bought before without a gap ends.
NewGrant grant_for(Change& change, Sale const& sale) {
    auto const& payment = sale.payment();
    NewGrant grant{.user = payment.user,
                   .course = payment.course,
                   .kind = GrantKind::purchase,
                   .starts_at = change.now,
                   .line = payment.line,
                   .seat_held = sale.row.seat_held};
    if (payment.period_days == 0) return grant;
    grant.starts_at =
        orders::bought_until(change.connection, payment.user, payment.course, change.now);
    grant.ends_at = grant.starts_at + std::chrono::days{payment.period_days};
    return grant;
}

bool delivered(Change& change, Sale const& sale) {
    auto const grant = grant_for(change, sale);
    GrantUids const uids{change.uids.next(), change.uids.next()};
    return give_grant(change.connection, change.asker, grant, uids, change.now).has_value();
}

void deliver(Change& change, Sale& sale, PaymentPosition const& position) {
    auto const state = sale.payment().order_state;
    bool const waits =
        state == OrderState::open || state == OrderState::canceled || state == OrderState::expired;
    if (!waits || !position.paid_by) return;
    bool const wanted = is_wanted(change, sale);
    // An order is paid only until this is over: the journal keeps that, the row what becomes of it.
    note_order(change, sale, OrderState::paid);
    if (wanted && delivered(change, sale)) {
        sale.row.seat_held = false;  // it is the enrollment's now
        set_order(change, sale, OrderState::fulfilled);
    } else {
        set_order(change, sale, OrderState::fulfillment_error);
    }
}

// -- What was paid back is taken back

void revoke_returned(Change& change, Sale& sale, PaymentPosition const& position) {
    auto const& payment = sale.payment();
    bool const is_due =
        payment.order_state == OrderState::fulfilled && position.all_returned() && !sale.revocation;
    if (!is_due) return;
    bool const kept = !change.policy.revoke_when_all_is_refunded ||
                      (change.policy.certificate_forbids &&
                       orders::certified(change.connection, payment.user, payment.course));
    sale.revocation = {RevocationCause::refund,
                       kept ? RevocationState::refused : RevocationState::done};
    refunds_table::set_revocation(change.connection, payment.line, change.uids.next(),
                                  *sale.revocation, change.now);
    auto const grant = grant_of_line(change.connection, payment.line);
    if (!kept && grant) {
        take_back_grant(change.connection, change.asker, grant->id, "refund", change.now);
    }
}

/// What was taken back for a refund is given back, if the refund turns out to be none. Who has
/// bought the course anew, and who finds no seat any more, is owed the money.
void restore_paid(Change& change, Sale& sale, PaymentPosition const& position) {
    auto const& payment = sale.payment();
    bool const is_due = payment.order_state == OrderState::fulfilled && sale.revocation &&
                        sale.revocation->cause == RevocationCause::refund &&
                        !position.all_returned();
    if (!is_due) return;
    auto const grant = grant_of_line(change.connection, payment.line);
    bool const back =
        grant && !sale.row.user_erased && !has_it_otherwise(change, payment) &&
        restore_grant(change.connection, change.asker, grant->id, "refund_failed", change.now);
    if (sale.revocation->state == RevocationState::done && !back) return;
    refunds_table::remove_revocation(change.connection, payment.line);
    sale.revocation.reset();
    record(change.connection, change.asker, change.now, "payment.restored", "payment", payment.uid);
}

/// Whether the buyer has nothing for his money, and not because somebody decided so.
bool is_undelivered(Sale const& sale) {
    auto const state = sale.payment().order_state;
    if (state == OrderState::fulfillment_error || state == OrderState::refunded) return true;
    return sale.revocation && sale.revocation->cause == RevocationCause::refund &&
           sale.revocation->state == RevocationState::done;
}

// -- What is owed is asked back

bool is_by_itself(refunds_table::Row const& refund) {
    auto const cause = refund.refund.cause;
    return cause == RefundCause::surplus || cause == RefundCause::unfulfilled;
}

/// Whether a refund is of more than can be paid back for good; or for now, if it was not yet asked
/// for and can be planned anew.
bool is_hopeless(refunds_table::Row const& row, Charge const& charge) {
    bool const planned = is_by_itself(row) && row.asked == 0;
    auto const most = charge.rest() - (planned ? charge.disputed : 0);
    return row.refund.amount.minor_units() > most;
}

/// Ends such refunds: what can be paid back is owed anew.
PaymentPosition end_hopeless(Change& change, Sale& sale, PaymentPosition position) {
    bool any = false;
    for (std::size_t i = 0; i < sale.refunds.size(); ++i) {
        auto& row = sale.refunds[i];
        auto const charge = position.refunded_charges[i];
        bool const ends = position.refunds[i] == RefundState::requested && charge &&
                          is_hopeless(row, position.charges[*charge]);
        if (!ends) continue;
        any = true;
        row.refund.state = RefundState::failed;
        row.check_at = std::nullopt;
        refunds_table::set_state(change.connection, row.refund.id, row.refund.state, row.check_at,
                                 change.now);
        record(change.connection, change.asker, change.now, "refund.failed", "refund",
               row.refund.uid);
    }
    return any ? position_of(sale.records()) : std::move(position);
}

bool was_refused(Sale const& sale, refunds_table::Row const& refund) {
    return std::any_of(sale.facts.begin(), sale.facts.end(), [&](auto const& fact) {
        return fact.known.kind == GatewayFactKind::refund_failed &&
               fact.known.reference == refund.reference && fact.known.conflict.empty();
    });
}

/// The tries to pay back a charge by itself that the gateway refused.
std::vector<refunds_table::Row*> refused_tries(Sale& sale, PaymentPosition const& position,
                                               std::size_t charge) {
    std::vector<refunds_table::Row*> tries;
    for (std::size_t i = 0; i < sale.refunds.size(); ++i) {
        auto& row = sale.refunds[i];
        bool const counts = is_by_itself(row) && position.refunded_charges[i] == charge &&
                            position.refunds[i] == RefundState::failed && was_refused(sale, row);
        if (counts) tries.push_back(&row);
    }
    return tries;
}

/// A minute after the first try, then ever later, to a day.
Timestamp next_try(std::size_t tries, Timestamp now) {
    std::chrono::minutes wait{1};
    for (std::size_t i = 1; i < tries && wait < std::chrono::hours{24}; ++i)
        wait *= 4;
    return now + std::min(wait, std::chrono::minutes{std::chrono::hours{24}});
}

void try_at(Change& change, refunds_table::Row& row, std::optional<Timestamp> at) {
    if (row.check_at == at) return;
    row.check_at = at;
    refunds_table::set_state(change.connection, row.refund.id, row.refund.state, at, change.now);
}

/// Whether it is time to ask for what is owed of a charge; if not, notes when it will be.
bool is_time(Change& change, std::vector<refunds_table::Row*> const& refused) {
    if (refused.empty()) return true;
    auto& last = *refused.back();
    if (!last.check_at) try_at(change, last, next_try(refused.size(), change.now));
    if (*last.check_at > change.now) return false;
    try_at(change, last, std::nullopt);
    return true;
}

PaymentPosition ask_back(Change& change, Sale& sale, PaymentPosition position) {
    auto const owed = owed_refunds(position, is_undelivered(sale));
    std::vector<OwedRefund> timely;
    for (std::size_t charge = 0; charge < position.charges.size(); ++charge) {
        auto const refused = refused_tries(sale, position, charge);
        auto const of_charge = std::find_if(owed.begin(), owed.end(),
                                            [&](auto const& o) { return o.charge == charge; });
        if (of_charge == owed.end()) {
            if (!refused.empty()) try_at(change, *refused.back(), std::nullopt);
        } else if (is_time(change, refused)) {
            timely.push_back(*of_charge);
        }
    }
    for (auto const& refund : timely) {
        auto const& charge = position.charges[refund.charge];
        static_cast<void>(add_refund(change, sale,
                                     {.attempt = charge.attempt,
                                      .cause = refund.cause,
                                      .amount_minor = refund.amount_minor,
                                      .charge_id = charge.id}));
    }
    return timely.empty() ? std::move(position) : position_of(sale.records());
}

void close_order(Change& change, Sale& sale, PaymentPosition const& position) {
    auto const state = sale.payment().order_state;
    bool const back = position.all_returned();
    if (state == OrderState::fulfillment_error && back) {
        set_order(change, sale, OrderState::refunded);
    } else if (state == OrderState::refunded && !back) {
        set_order(change, sale, OrderState::fulfillment_error);
    }
}

// -- What follows is written

void write_attempts(Change& change, Sale& sale, PaymentPosition const& position) {
    for (std::size_t i = 0; i < sale.attempts.size(); ++i) {
        auto& attempt = sale.attempts[i];
        auto const state = position.attempts[i];
        auto const check_at = check_after(attempt, state, change.now);
        if (attempt.state == state && attempt.check_at == check_at) continue;
        payments_table::set_attempt(change.connection, attempt.id, state, check_at, change.now);
        attempt.state = state;
        attempt.check_at = check_at;
    }
}

void write_refunds(Change& change, Sale& sale, PaymentPosition const& position) {
    for (std::size_t i = 0; i < sale.refunds.size(); ++i) {
        auto& row = sale.refunds[i];
        auto const state = position.refunds[i];
        if (row.refund.state == state) continue;
        bool const ended = state == RefundState::succeeded || state == RefundState::failed;
        row.check_at = ended ? std::nullopt : row.check_at;
        row.refund.state = state;
        refunds_table::set_state(change.connection, row.refund.id, state, row.check_at, change.now);
        record(change.connection, change.asker, change.now, "refund." + std::string{name(state)},
               "refund", row.refund.uid);
    }
}

bool equal(Payment const& payment, PaymentPosition const& position) {
    return payment.state == position.state && payment.authorized == position.authorized &&
           payment.captured == position.captured &&
           payment.refund_pending == position.refund_pending &&
           payment.refunded == position.refunded && payment.lost == position.lost &&
           payment.dispute == position.dispute && payment.conflict == position.conflict &&
           payment.failure == position.failure;
}

/// What happened, in a word, for the journal and the books.
std::string_view word_for(Payment const& before, PaymentPosition const& after) {
    if (before.captured != after.captured) return "captured";
    if (before.dispute != after.dispute || before.lost != after.lost) return "disputed";
    if (before.refunded < after.refunded) return "refunded";
    if (after.refunded < before.refunded) return "refund_reversed";
    if (before.conflict != after.conflict) return "conflicted";
    if (before.state != after.state) return name(after.state);
    return "changed";
}

void write_payment(Change& change, Sale& sale, PaymentPosition const& position) {
    auto& payment = sale.row.payment;
    if (equal(payment, position)) return;
    if (position.paid_by && !payment.captured_at) payment.captured_at = change.now;
    payments_table::update(change.connection, payment.id, position, payment.captured_at,
                           change.now);
    auto const action = "payment." + std::string{word_for(payment, position)};
    record(change.connection, change.asker, change.now, action, "payment", payment.uid);
    payment.state = position.state;
    payment.authorized = position.authorized;
    payment.captured = position.captured;
    payment.refund_pending = position.refund_pending;
    payment.refunded = position.refunded;
    payment.lost = position.lost;
    payment.dispute = position.dispute;
    payment.conflict = position.conflict;
    payment.failure = position.failure;
}

/// Brings the books to what they must say, by one transfer of the difference.
void post(Change& change, Sale& sale, PaymentPosition const& position, std::string_view kind) {
    auto const& payment = sale.payment();
    SaleMoney const money{.captured = position.captured,
                          .refunded = position.refunded,
                          .disputed = position.disputed,
                          .lost = position.lost,
                          .surplus = position.surplus,
                          .surplus_refunded = position.surplus_refunded,
                          .surplus_disputed = position.surplus_disputed};
    auto const posted = sale.has_books ? repositories::ledger::posted(change.connection, payment.id)
                                       : repositories::ledger::Posted{};
    auto const postings = difference(books_of(sale.row.split, money), posted.sums);
    if (postings.empty()) return;
    auto const key = to_string(payment.uid) + '/' + std::to_string(posted.transfers + 1);
    repositories::ledger::post(change.connection,
                               {.uid = change.uids.next(),
                                .key = key,
                                .kind = kind == "changed" ? "surplus" : kind,
                                .payment = payment.id},
                               postings, change.now);
    sale.has_books = true;
}

// -- What is told is kept

/// Not more than there is room for, and no half of a character.
std::string cut_text(std::string reason) {
    auto end = std::min(reason.size(), limits::gateway_reason_bytes_max);
    bool const whole = end == reason.size();
    auto const continues = [&] {
        return (static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80U;
    };
    while (!whole && end > 0 && continues())
        --end;
    reason.resize(end);
    return text::is_valid_utf8(reason) ? reason : std::string{};
}

bool is_about_refund(GatewayFactKind kind) {
    return kind == GatewayFactKind::refund_pending || kind == GatewayFactKind::refund_succeeded ||
           kind == GatewayFactKind::refund_failed;
}

/// A fact with what it is about.
struct Matched {
    payments_table::Fact fact;
    std::optional<AskedRefund> desk = std::nullopt;  ///< a refund that nobody here knew of
};

std::optional<std::size_t> attempt_named(Sale const& sale, std::string const& reference) {
    for (std::size_t i = 0; i < sale.attempts.size(); ++i) {
        if (sale.attempts[i].reference == reference) return i;
    }
    return std::nullopt;
}

refunds_table::Row const* refund_named(Sale const& sale, std::string const& reference) {
    for (auto const& row : sale.refunds) {
        if (row.reference == reference) return &row;
    }
    return nullptr;
}

/// A refund made at the gateway's desk is known by the gateway's own name of it.
std::string desk_reference(GatewayFact const& fact) {
    return fact.reference + '/' + fact.transaction_id;
}

/// What of a fact does not fit; empty if all does.
std::string_view misfit_in(Change& change, Sale const& sale, GatewayFact const& fact,
                           PaymentGateway const& gateway, Claims claims) {
    auto const* refund = refund_named(sale, fact.reference);
    bool const known = refund != nullptr ? is_about_refund(fact.kind)
                                         : attempt_named(sale, fact.reference).has_value();
    if (!known) return "payment";
    if (is_about_refund(fact.kind) && refund == nullptr) {
        refund = refund_named(sale, desk_reference(fact));
    }
    bool const asked = refund != nullptr;
    auto const expected = refund != nullptr ? refund->refund.amount : sale.payment().amount;
    auto const misfit = eduplat::misfit(fact, expected, asked, gateway.merchant());
    if (!misfit.empty()) return misfit;
    bool const taken =
        claims == Claims::open && fact.kind == GatewayFactKind::captured &&
        !fact.transaction_id.empty() &&
        payments_table::captured_as(change.connection, fact.transaction_id, sale.payment().id);
    return taken ? "payment" : "";
}

Matched matched(Sale const& sale, GatewayFact const& fact, std::string_view misfit) {
    Matched result{.fact = {.known = {.kind = fact.kind,
                                      .reference = fact.reference,
                                      .amount_minor = fact.amount ? fact.amount->minor_units() : 0,
                                      .conflict = std::string{misfit},
                                      .reason = sale.row.user_erased ? "" : fact.reason,
                                      .transaction_id = fact.transaction_id,
                                      .charge_id = fact.charge_id},
                            .currency = fact.amount ? std::string{fact.amount->currency().code()}
                                                    : std::string{}}};
    auto const attempt = attempt_named(sale, fact.reference);
    if (!misfit.empty() || !attempt || !is_about_refund(fact.kind)) return result;
    auto& known = result.fact.known;
    known.reference = desk_reference(fact);
    if (refund_named(sale, known.reference) == nullptr) {
        result.desk = AskedRefund{.attempt = *attempt,
                                  .cause = RefundCause::gateway,
                                  .amount_minor = known.amount_minor,
                                  .reference = known.reference,
                                  .charge_id = known.charge_id};
    }
    return result;
}

}  // namespace

void settle(Change& change, Sale& sale) {
    auto position = position_of(sale.records());
    auto const word = word_for(sale.payment(), position);
    deliver(change, sale, position);
    revoke_returned(change, sale, position);
    restore_paid(change, sale, position);
    position = end_hopeless(change, sale, std::move(position));
    write_refunds(change, sale, position);
    position = ask_back(change, sale, std::move(position));
    close_order(change, sale, position);
    write_attempts(change, sale, position);
    post(change, sale, position, word);
    write_payment(change, sale, position);
}

std::optional<std::vector<GatewayFact>> kept_facts(std::vector<GatewayFact> facts) {
    auto const is_name = [](std::string const& name) {
        return name.size() <= limits::gateway_word_bytes_max && text::is_valid_utf8(name);
    };
    for (auto& fact : facts) {
        bool const named = is_name(fact.reference) && is_name(fact.transaction_id) &&
                           is_name(fact.charge_id) && is_name(fact.merchant);
        if (!named) return std::nullopt;
        fact.reason = cut_text(std::move(fact.reason));
    }
    return facts;
}

void settle_owed(Change& change, int limit) {
    for (auto const payment : refunds_table::owed(change.connection, change.now, limit)) {
        auto sale = load_sale(change.connection, payment);
        settle(change, sale);
    }
}

TakenIn take_in(Change& change, Sale& sale, std::vector<GatewayFact> const& facts,
                PaymentGateway const& gateway, Claims claims) {
    TakenIn taken;
    std::vector<std::string_view> misfits;
    for (auto const& fact : facts) {
        misfits.push_back(misfit_in(change, sale, fact, gateway, claims));
        if (taken.misfit.empty()) taken.misfit = misfits.back();
    }
    for (std::size_t i = 0; i < facts.size(); ++i) {
        auto const found = matched(sale, facts[i], misfits[i]);
        bool const fresh = payments_table::insert_fact(change.connection, sale.payment().id,
                                                       found.fact, change.now);
        if (!fresh) continue;
        ++taken.news;
        sale.facts.push_back(found.fact);
        if (found.desk) static_cast<void>(add_refund(change, sale, *found.desk));
    }
    settle(change, sale);
    return taken;
}

}  // namespace eduplat
