#include "exporting/frame_columns.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/exporting/frame_tables.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace eduplat::exporting {
namespace {

using analytics::Chunk;
using analytics::Column;
using analytics::EventFrame;
using analytics::Labels;
using analytics::Table;

/// A column of ids or, with a label, of texts.
template <class IdType>
class IdColumn final {
  public:
    using Label = std::function<std::string(IdType)>;
    explicit IdColumn(Label const& label) : label_(label) {}

    void add(std::optional<IdType> id) {
        absent_.push_back(!id);
        if (label_) {
            texts_.push_back(id ? label_(*id) : std::string{});
        } else {
            numbers_.push_back(id ? id->value() : 0);
        }
    }

    [[nodiscard]] Column take(std::string name) {
        if (label_) return {std::move(name), std::move(texts_), std::move(absent_)};
        return {std::move(name), std::move(numbers_), std::move(absent_)};
    }

  private:
    Label const& label_;
    std::vector<std::int64_t> numbers_;
    std::vector<std::string> texts_;
    std::vector<bool> absent_;
};

/// The columns of a table of events.
class EventColumns final {
  public:
    explicit EventColumns(Labels const& labels)
        : users_(labels.user), courses_(labels.course), lectures_(labels.lecture) {}

    void add(Chunk const& chunk, std::size_t learner, std::uint32_t row,
             std::span<analytics::Subject const> subjects) {
        auto const& subject = subjects[chunk.subject[row]];
        users_.add(UserId{chunk.users[learner]});
        times_.emplace_back(std::chrono::seconds{chunk.time_s[row]});
        courses_.add(subject.course);
        lectures_.add(subject.lecture);
        kinds_.emplace_back(name(static_cast<LearningKind>(chunk.kind[row])));
        counts_.push_back(chunk.count_of(row));
    }

    [[nodiscard]] Table take() {
        Table table{.name = "events"};
        table.columns.push_back(users_.take("user"));
        table.columns.push_back({"time", std::move(times_)});
        table.columns.push_back(courses_.take("course"));
        table.columns.push_back(lectures_.take("lecture"));
        table.columns.push_back({"kind", std::move(kinds_)});
        table.columns.push_back({"count", std::move(counts_)});
        return table;
    }

  private:
    IdColumn<UserId> users_;
    std::vector<Timestamp> times_;
    IdColumn<CourseId> courses_;
    IdColumn<LectureId> lectures_;
    std::vector<std::string> kinds_;
    std::vector<std::int64_t> counts_;
};

/// Goes through a frame, some rows at a time.
class FrameReader final {
  public:
    FrameReader(EventFrame frame, Labels labels, std::size_t rows_max)
        : frame_(std::move(frame)), labels_(std::move(labels)), rows_max_(rows_max) {}

    std::optional<Table> next() {
        auto columns = EventColumns{labels_};
        std::size_t rows = 0;
        auto const chunks = frame_.chunks();
        while (rows < rows_max_ && chunk_ < chunks.size()) {
            rows += read(chunks[chunk_], rows_max_ - rows, columns);
            if (row_ == chunks[chunk_].time_s.size()) leave_chunk();
        }
        if (rows == 0 && begun_) return std::nullopt;
        begun_ = true;
        return columns.take();
    }

  private:
    std::size_t read(Chunk const& chunk, std::size_t rows_max, EventColumns& columns) {
        auto const begin = row_;
        auto const end = std::min(begin + rows_max, chunk.time_s.size());
        for (; row_ < end; ++row_) {
            while (row_ >= chunk.first[learner_ + 1])
                ++learner_;
            columns.add(chunk, learner_, static_cast<std::uint32_t>(row_), frame_.subjects());
        }
        return end - begin;
    }

    void leave_chunk() {
        ++chunk_;
        learner_ = 0;
        row_ = 0;
    }

    EventFrame frame_;
    Labels labels_;
    std::size_t rows_max_;
    std::size_t chunk_ = 0;
    std::size_t learner_ = 0;
    std::size_t row_ = 0;
    bool begun_ = false;
};

}  // namespace

Table no_events(Labels const& labels) {
    return EventColumns{labels}.take();
}

TableSource frame_tables(EventFrame frame, Labels labels, std::size_t rows_max) {
    if (rows_max == 0) fail(ErrorCode::invalid_argument, "rows_max", "too_small", 1);
    return [reader = FrameReader{std::move(frame), std::move(labels), rows_max}]() mutable {
        return reader.next();
    };
}

}  // namespace eduplat::exporting
