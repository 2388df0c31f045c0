#include "analytics/scan.hpp"

#include "analytics/buckets.hpp"

#include <eduplat/core/limits.hpp>

#include <limits>

namespace eduplat::analytics {

namespace {

template <class IdType>
std::vector<std::int64_t> sorted_values(std::vector<IdType> const& ids) {
    std::vector<std::int64_t> values;
    values.reserve(ids.size());
    for (auto const id : ids)
        values.push_back(id.value());
    std::ranges::sort(values);
    return values;
}

template <class IdType>
bool is_among(std::vector<std::int64_t> const& sorted, std::optional<IdType> id) {
    return sorted.empty() || (id && std::ranges::binary_search(sorted, id->value()));
}

std::vector<std::uint8_t> select_subjects(EventFrame const& frame,
                                          std::vector<CourseId> const& courses,
                                          std::vector<LectureId> const& lectures) {
    if (courses.empty() && lectures.empty()) return {};
    auto const course_values = sorted_values(courses);
    auto const lecture_values = sorted_values(lectures);
    std::vector<std::uint8_t> selected;
    selected.reserve(frame.subjects().size());
    for (auto const& subject : frame.subjects()) {
        selected.push_back(is_among(course_values, subject.course) &&
                           is_among(lecture_values, subject.lecture));
    }
    return selected;
}

bool has_large(Chunk const& chunk, std::uint32_t begin, std::uint32_t end) {
    auto const found = std::ranges::lower_bound(chunk.large, begin, {}, &Chunk::Large::row);
    return found != chunk.large.end() && found->row < end;
}

}  // namespace

void check_scan(Validation& validation, Selection const& selection, ScanControl control) {
    if (selection.from && selection.to && *selection.to < *selection.from)
        validation.add("to", "reversed");
    if (control.num_threads < 0) validation.add("num_threads", "negative", 0);
    if (control.num_threads > limits::threads_max)
        validation.add("num_threads", "too_large", limits::threads_max);
}

Filter::Filter(EventFrame const& frame, Selection const& selection)
    : learner_kinds_{selection.kinds.empty()},
      subjects_{select_subjects(frame, selection.courses, selection.lectures)},
      users_{sorted_values(selection.users)},
      from_s_{selection.from ? whole_seconds_up(*selection.from)
                             : std::numeric_limits<std::int64_t>::min()},
      to_s_{selection.to ? whole_seconds_up(*selection.to)
                         : std::numeric_limits<std::int64_t>::max()} {
    for (auto const kind : selection.kinds)
        kinds_[static_cast<std::uint8_t>(kind)] = 1;
    if (!learner_kinds_) return;
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind)
        kinds_[kind] = is_of_learner(static_cast<LearningKind>(kind)) ? 1 : 0;
}

std::pair<std::uint32_t, std::uint32_t> Filter::rows(std::span<std::uint32_t const> time_s,
                                                     std::uint32_t begin,
                                                     std::uint32_t end) const noexcept {
    auto const before = [&](std::int64_t bound) {
        auto const found = std::lower_bound(time_s.begin() + begin, time_s.begin() + end, bound);
        return static_cast<std::uint32_t>(found - time_s.begin());
    };
    if (begin == end) return {begin, end};
    auto const first = from_s_ > time_s[begin] ? before(from_s_) : begin;
    auto const last = to_s_ <= time_s[end - 1] ? before(to_s_) : end;
    return {first, std::max(first, last)};
}

bool Filter::passes_all(Chunk const& chunk, std::uint32_t begin, std::uint32_t end) const noexcept {
    if (!learner_kinds_ || !subjects_.empty()) return false;
    std::uint8_t highest = 0;
    for (auto row = begin; row < end; ++row)
        highest = std::max(highest, chunk.kind[row]);
    return is_of_learner(static_cast<LearningKind>(highest));
}

std::size_t Filter::pass(Chunk const& chunk, std::uint32_t begin, std::uint32_t end,
                         std::uint32_t* passing) const noexcept {
    std::size_t count = 0;  // without a branch, which would be guessed wrong too often
    if (subjects_.empty()) {
        for (auto row = begin; row < end; ++row) {
            passing[count] = row;
            count += kinds_[chunk.kind[row]];
        }
    } else {
        for (auto row = begin; row < end; ++row) {
            passing[count] = row;
            count += std::size_t{kinds_[chunk.kind[row]]} & subjects_[chunk.subject[row]];
        }
    }
    return count;
}

Rows RowGatherer::rows(Chunk const& chunk, std::size_t learner) {
    auto const [begin, end] =
        filter_->rows(chunk.time_s, chunk.first[learner], chunk.first[learner + 1]);
    Rows rows{
        .user = UserId{chunk.users[learner]}, .time_s = {}, .chunk = &chunk, .learner = learner};
    if (begin == end) return rows;
    if (!filter_->passes_all(chunk, begin, end)) {
        gather(rows, begin, end);
        return rows;
    }
    rows.time_s = chunk.time_s.subspan(begin, end - begin);
    rows.subject = chunk.subject.data() + begin;
    rows.kind = chunk.kind.data() + begin;
    rows.count = chunk.count.data() + begin;
    if (needs_.count && has_large(chunk, begin, end)) widen(rows, begin);
    return rows;
}

/// The counts of rows one after another, in 32 bits.
void RowGatherer::widen(Rows& rows, std::uint32_t begin) {
    wide_count_.resize(std::max(wide_count_.size(), rows.size()));
    for (std::uint32_t i = 0; i < rows.size(); ++i)
        wide_count_[i] = rows.chunk->count_of(begin + i);
    rows.wide_count = wide_count_.data();
}

void RowGatherer::gather(Rows& rows, std::uint32_t begin, std::uint32_t end) {
    if (auto const size = std::size_t{end - begin}; passing_.size() < size) {
        for (auto* column : {&passing_, &time_s_, &subject_})
            column->resize(size);
        kind_.resize(size);
    }
    auto const& chunk = *rows.chunk;
    auto const count = filter_->pass(chunk, begin, end, passing_.data());
    wide_count_.resize(std::max(wide_count_.size(), count));
    auto const copy = [&](auto& into, auto const& from) {
        for (std::size_t i = 0; i < count; ++i)
            into[i] = from(passing_[i]);
    };
    copy(time_s_, [&](std::uint32_t row) { return chunk.time_s[row]; });
    if (needs_.count) copy(wide_count_, [&](std::uint32_t row) { return chunk.count_of(row); });
    if (needs_.subject) copy(subject_, [&](std::uint32_t row) { return chunk.subject[row]; });
    if (needs_.kind) copy(kind_, [&](std::uint32_t row) { return chunk.kind[row]; });
    rows.time_s = {time_s_.data(), count};
    rows.subject = subject_.data();
    rows.kind = kind_.data();
    rows.wide_count = wide_count_.data();
}

}  // namespace eduplat::analytics
