#pragma once

#include "services/access.hpp"
#include "services/payment_sale.hpp"

#include <eduplat/core/uid.hpp>
#include <eduplat/services/payments.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace eduplat {

/// What a step has to ask the gateway for, once the transaction is over.
enum class Ask : std::uint8_t {
    nothing,
    begin,
    query,   ///< what became of it; where that cannot be asked, it is asked for again
    look,    ///< what became of it, and no more
    cancel,  ///< to take no money any more; where that cannot be asked, what became of it
};

/// A step whose request is not built yet.
struct OpenStep {
    PaymentStep step;
    Ask ask = Ask::nothing;
    PaymentIntent intent;
    std::string gateway;
};

struct OpenRefundStep {
    RefundStep step;
    Ask ask = Ask::nothing;  ///< begin: to ask for the refund
    RefundIntent intent;
    std::string gateway;
};

/// A request, where there is one to be given out.
struct Built {
    std::optional<HttpRequest> request = std::nullopt;
    bool failed = false;  ///< the adapter is missing, or threw
};

/// What the parts of Payments share.
class Payments::Impl {
  public:
    explicit Impl(Dependencies const& dependencies);

    [[nodiscard]] storage::Storage& storage() const noexcept { return dependencies.storage; }
    /// Errors: failed_precondition (field "clock", rule "out_of_range").
    [[nodiscard]] Timestamp now() const;
    /// Errors: failed_precondition (field "transaction", rule "not_allowed_inside").
    void refuse_inside_write() const;
    [[nodiscard]] PaymentOptions const& options() const noexcept { return dependencies.payments; }

    /// Errors: failed_precondition (field "gateway", rule "missing").
    [[nodiscard]] PaymentGateway const& gateway(std::string_view name) const;
    [[nodiscard]] PaymentGateway const* find_gateway(std::string_view name) const noexcept;

    /// Asks the gateway's adapter.
    [[nodiscard]] PaymentStep completed(OpenStep open) const;
    [[nodiscard]] RefundStep completed(OpenRefundStep open) const;

    /// The same for one of many, whose failure is logged only.
    [[nodiscard]] Built built(OpenStep const& open) const;
    [[nodiscard]] Built built(OpenRefundStep const& open) const;

    /// Payments::answer about one attempt, by its reference; the last one, if it is empty.
    PaymentStep answer(PaymentId payment, std::string_view reference,
                       HttpAnswer const& answer) const;

    Dependencies dependencies;

  private:
    template <class Open>
    [[nodiscard]] Built built_of(Open const& open) const;
};

/// The step of a sale as it is, about one of its attempts; the last one, if none is given.
[[nodiscard]] OpenStep step_of(Sale const& sale, Ask ask,
                               repositories::payments::Attempt const* attempt = nullptr);
[[nodiscard]] OpenRefundStep step_of(Sale const& sale, repositories::refunds::Row const& refund,
                                     Ask ask);

/// A sale for an actor who may make the call about it. Errors: unauthenticated, permission_denied;
/// not_found (field "payment", rule "unknown") also for a sale of others that is hidden from him.
struct SaleAccess {
    Asker asker;
    Sale sale;
};
[[nodiscard]] SaleAccess authorize_sale(storage::Connection& connection, Actor const& actor,
                                        Call call, PaymentId payment, Timestamp now);

/// A row of payments, seen by an actor; nothing if there is none, or none for him.
template <class Key>
[[nodiscard]] std::optional<repositories::payments::Row> visible_payment(
    storage::Connection& connection, Actor const& actor, Call call, Key const& key, Timestamp now) {
    auto const asker = identify(connection, actor, now);
    if (asker.kind == ActorKind::guest) require(asker, call, Relation::own);
    auto row = repositories::payments::find(connection, key);
    bool const own = row && asker.is(row->payment.user);
    if (!asker.may(call, own ? Relation::own : Relation::other)) return std::nullopt;
    return row;
}

}  // namespace eduplat
