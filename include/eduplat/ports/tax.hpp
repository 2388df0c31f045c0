#pragma once

#include <eduplat/core/money.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/ids.hpp>

namespace eduplat {

/// What a buyer pays on top of the price of a course, for the state. Without one it is nothing.
/// Thread safety: an implementation is called from any thread, outside any transaction.
class TaxRule {
  public:
    virtual ~TaxRule() = default;

    /// Zero or more, in the currency of `net`.
    [[nodiscard]] virtual Money tax(Money net, CourseId course, UserId buyer,
                                    Timestamp at) const = 0;
};

}  // namespace eduplat
