#pragma once

#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/money.hpp>
#include <eduplat/domain/course.hpp>
#include <eduplat/storage/storage.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

/// Rows of the tables beside courses, told apart by their first column, becoming parts of records.
namespace eduplat::repositories {

/// Adds a text in the language of column 1. Stored texts may be empty where there is none.
inline void read_text(storage::Statement const& row, int column, LocalizedText& into) {
    if (auto const text = row.text(column); !text.empty()) into.set(row.text(1), text);
}

/// Records of a page, found by their ids.
template <class Record>
class Index {
  public:
    explicit Index(std::vector<Record>& records) {
        for (auto& record : records)
            by_id_.push_back(&record);
        std::sort(by_id_.begin(), by_id_.end(), [](auto* a, auto* b) { return a->id < b->id; });
    }

    /// Calls `take(record, row)` for each row.
    template <class Take>
    void each(storage::Statement rows, Take take) const {
        while (rows.step()) {
            auto const id = rows.id<decltype(Record::id)>(0);
            auto const place = std::lower_bound(by_id_.begin(), by_id_.end(), id,
                                                [](auto* a, auto b) { return a->id < b; });
            if (place != by_id_.end() && (*place)->id == id) take(**place, rows);
        }
    }

  private:
    std::vector<Record*> by_id_;
};

template <class Record>
void take_texts(Record& record, storage::Statement const& row) {
    read_text(row, 2, record.title);
    read_text(row, 3, record.summary);
}

[[nodiscard]] inline Price read_price(storage::Statement const& row) {
    return {.amount = Money{row.int64(3), Currency::from_code(row.text(1))},
            .period_days = static_cast<int>(row.int64(2))};
}

}  // namespace eduplat::repositories
