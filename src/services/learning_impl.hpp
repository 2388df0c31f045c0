#pragma once

#include "services/access.hpp"
#include "services/learning_core.hpp"

#include <eduplat/domain/progress.hpp>
#include <eduplat/services/learning.hpp>

#include <optional>

namespace eduplat {

/// What the parts of Learning share.
class Learning::Impl {
  public:
    explicit Impl(Dependencies const& given);

    [[nodiscard]] storage::Storage& storage() const noexcept { return dependencies.storage; }
    /// Errors: failed_precondition (field "clock", rule "out_of_range").
    [[nodiscard]] Timestamp now() const;
    [[nodiscard]] WatchPace pace() const noexcept;
    [[nodiscard]] CertificateCodes::Seed seed() const {
        return CertificateCodes::draw(dependencies.random);
    }
    [[nodiscard]] Uid new_uid() const;
    /// Errors: failed_precondition (field "transaction", rule "not_allowed_inside").
    void refuse_inside_write() const;

    Dependencies dependencies;
};

}  // namespace eduplat
