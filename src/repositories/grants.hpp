#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/enrollment.hpp>
#include <eduplat/domain/ids.hpp>
#include <eduplat/storage/storage.hpp>

#include <optional>

/// The table of grants.
namespace eduplat::repositories::grants {

struct NewRow {
    Uid uid;
    EnrollmentId enrollment;
    GrantKind kind;
    Timestamp starts_at;
    std::optional<Timestamp> ends_at = std::nullopt;
    std::optional<OrderLineId> line = std::nullopt;
};

/// The columns of a row as a Grant, in table order from column 0, without line and creation.
[[nodiscard]] Grant read(storage::Statement const& row);

[[nodiscard]] Grant insert(storage::Connection& connection, NewRow const& row, Timestamp at);

[[nodiscard]] std::optional<Grant> find(storage::Connection& connection, GrantId grant);
[[nodiscard]] std::optional<Grant> find(storage::Connection& connection, OrderLineId line);

void revoke(storage::Connection& connection, GrantId grant, Timestamp at);
/// It was not taken back after all.
void restore(storage::Connection& connection, GrantId grant);

/// Whether the enrollment has a grant that is not taken back and has not ended by `at`.
[[nodiscard]] bool has_standing(storage::Connection& connection, EnrollmentId enrollment,
                                Timestamp at);

}  // namespace eduplat::repositories::grants
