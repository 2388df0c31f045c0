#pragma once

#include <eduplat/analytics/table.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace eduplat::exporting {

/// Throws unless a table is one that every exporter takes; see sink.hpp.
void check_exportable(analytics::Table const& table);

/// Sees to it that tables of one text or stream have the same columns.
class SameColumns final {
  public:
    /// Errors: invalid_argument (field "columns", rule "changed").
    void check(analytics::Table const& table);

  private:
    using Columns = std::vector<std::pair<std::string, std::size_t>>;
    std::optional<Columns> columns_;
};

}  // namespace eduplat::exporting
