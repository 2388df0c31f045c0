#include "analytics/table_maker.hpp"
#include "analytics/tables_bars.hpp"

#include <eduplat/analytics/tables.hpp>

namespace eduplat::analytics {
namespace {

template <class Row>
TableMaker<Row> of_items(std::string name, std::span<Row const> rows, Labels const& labels) {
    auto maker = TableMaker{std::move(name), rows};
    maker
        .add(
            "lecture", [](Row const& row) { return row.item.lecture; }, labels.lecture)
        .add("item", [](Row const& row) { return row.item.item; })
        .add("question", [](Row const& row) { return row.item.question; });
    return maker;
}

std::optional<std::int64_t> size_of(std::optional<ItemGroup> const& group) {
    return group ? std::optional{group->size} : std::nullopt;
}
std::optional<double> facility_of(std::optional<ItemGroup> const& group) {
    return group ? std::optional{group->facility} : std::nullopt;
}

struct ChoiceRow {
    ItemKey item;
    ChoiceStatistics const* choice;
};

struct BinRow {
    VideoCurve const* curve;
    std::size_t bin;
};

/// The columns that say which recording: the same in each row.
template <class Row>
TableMaker<Row> of_recording(std::string name, std::span<Row const> rows, VideoCurve const& curve,
                             Labels const& labels) {
    auto maker = TableMaker{std::move(name), rows};
    auto const& recording = curve.recording;
    maker
        .add(
            "lecture", [&](Row const& /*row*/) { return recording.lecture; }, labels.lecture)
        .add("item", [&](Row const& /*row*/) { return recording.item; });
    return maker;
}

void add_sign(TableMaker<LectureDifficulty>& maker, std::string const& name,
              DifficultySign LectureDifficulty::*sign) {
    maker.add(name, [=](auto const& row) { return (row.*sign).mean; })
        .add(name + "_learners", [=](auto const& row) { return (row.*sign).learners; })
        .add(name + "_std_error", [=](auto const& row) { return (row.*sign).std_error; })
        .add(name + "_z", [=](auto const& row) { return (row.*sign).z; });
}

}  // namespace

Table to_table(ItemAnalysis const& analysis, Labels const& labels) {
    auto const rows = std::span<ItemStatistics const>{analysis.items};
    return of_items("items", rows, labels)
        .add("answers", &ItemStatistics::answers)
        .add("learners", &ItemStatistics::learners)
        .add("facility", &ItemStatistics::facility)
        .add_proportion("correct", &ItemStatistics::correct)
        .add_proportion("first_correct", &ItemStatistics::first_correct)
        .add_proportion("eventual_correct", &ItemStatistics::eventual_correct)
        .add("pairs", &ItemStatistics::pairs)
        .add("point_biserial", &ItemStatistics::point_biserial)
        .add("upper_learners", [](auto const& row) { return size_of(row.upper); })
        .add("upper_facility", [](auto const& row) { return facility_of(row.upper); })
        .add("lower_learners", [](auto const& row) { return size_of(row.lower); })
        .add("lower_facility", [](auto const& row) { return facility_of(row.lower); })
        .add("discrimination", &ItemStatistics::discrimination)
        .take({.mark = Chart::Mark::point,
               .x = "facility",
               .y = "point_biserial",
               .title = "Items",
               .x_title = "Facility: the mean mark",
               .y_title = "Point-biserial correlation with the rest"});
}

Table to_table(Reliability const& reliability, Labels const& /*labels*/) {
    return TableMaker{"reliability", std::span<Reliability const>{&reliability, 1}}
        .add("learners", &Reliability::learners)
        .add("items", &Reliability::items)
        .add("mean", &Reliability::mean)
        .add("variance", &Reliability::variance)
        .add("kr20", &Reliability::kr20)
        .add("alpha", &Reliability::alpha)
        .add("std_error", &Reliability::std_error)
        .take();
}

Table to_table(std::span<Distractors const> items, Labels const& labels) {
    std::vector<ChoiceRow> rows;
    for (auto const& item : items) {
        for (auto const& choice : item.choices)
            rows.push_back({item.item, &choice});
    }
    auto maker = of_items("distractors", std::span<ChoiceRow const>{rows}, labels);
    maker.add("choice", [](auto const& row) { return row.choice->choice; })
        .add("correct", [](auto const& row) { return row.choice->correct; })
        .add_proportion("learners", [](auto const& row) { return row.choice->learners; })
        .add("point_biserial", [](auto const& row) { return row.choice->point_biserial; });
    if (items.size() > 1) return maker.take();
    return with_bars_apart(maker.take({.x = "choice",
                                       .y = "learners",
                                       .low = "learners_low",
                                       .high = "learners_high",
                                       .title = "Choices",
                                       .x_title = "Choice",
                                       .y_title = "Share of learners"}));
}

Table to_table(VideoCurve const& curve, Labels const& labels) {
    std::vector<BinRow> rows;
    for (std::size_t bin = 0; bin < curve.bin_ms.size(); ++bin)
        rows.push_back({&curve, bin});
    auto const seconds = [](BinRow const& row) {
        return static_cast<double>(row.curve->bin.count()) * static_cast<double>(row.bin) / 1000;
    };
    return of_recording("video", std::span<BinRow const>{rows}, curve, labels)
        .add("bin", &BinRow::bin)
        .add("from_s", seconds)
        .add("length_ms", [](auto const& row) { return row.curve->bin_ms[row.bin]; })
        .add("watched_ms", [](auto const& row) { return row.curve->watched_ms[row.bin]; })
        .add("distinct_ms", [](auto const& row) { return row.curve->distinct_ms[row.bin]; })
        .add("views", [](auto const& row) { return row.curve->views(row.bin); })
        .add("rewatches", [](auto const& row) { return row.curve->rewatches(row.bin); })
        .add("viewers", [](auto const& row) { return row.curve->viewers[row.bin]; })
        .add("reached", [](auto const& row) { return row.curve->reached[row.bin]; })
        .add("left", [](auto const& row) { return row.curve->left(row.bin); })
        .take({.mark = Chart::Mark::step,
               .x = "from_s",
               .y = "views",
               .title = "Views by place in the recording",
               .x_title = "Second",
               .y_title = "Views"});
}

Table to_table(std::span<VideoCurve const> curves, Labels const& labels) {
    return with_bars_apart(
        TableMaker{"videos", curves}
            .add(
                "lecture", [](auto const& row) { return row.recording.lecture; }, labels.lecture)
            .add("item", [](auto const& row) { return row.recording.item; })
            .add("duration_ms", [](auto const& row) { return row.recording.duration; })
            .add("viewers", [](auto const& row) { return row.learners.size(); })
            .add("stretches", &VideoCurve::stretches)
            .add_proportion("complete", &VideoCurve::complete)
            .add_proportion("dropped", &VideoCurve::dropped)
            .add("peaks", [](auto const& row) { return row.peaks.size(); })
            .take({.x = "lecture",
                   .y = "complete",
                   .low = "complete_low",
                   .high = "complete_high",
                   .title = "Recordings watched to the end",
                   .x_title = "Lecture",
                   .y_title = "Share of viewers"}),
        "item");
}

Table viewers_table(VideoCurve const& curve, Labels const& labels) {
    return of_recording("viewers", std::span<VideoViewer const>{curve.learners}, curve, labels)
        .add("user", &VideoViewer::learner, labels.user)
        .add("watched_ms", &VideoViewer::watched_ms)
        .add("distinct_ms", &VideoViewer::distinct_ms)
        .add("furthest_ms", &VideoViewer::furthest_ms)
        .add("coverage", &VideoViewer::coverage)
        .take();
}

Table peaks_table(VideoCurve const& curve, Labels const& labels) {
    return of_recording("peaks", std::span<RewatchPeak const>{curve.peaks}, curve, labels)
        .add("bin", &RewatchPeak::bin)
        .add("rewatches", &RewatchPeak::rewatches)
        .add("prominence", &RewatchPeak::prominence)
        .take({.x = "bin",
               .y = "prominence",
               .title = "Places that are watched again",
               .x_title = "Bin",
               .y_title = "Prominence"});
}

Table to_table(std::span<LectureDifficulty const> lectures, Labels const& labels) {
    auto maker = TableMaker{"lecture_difficulty", lectures};
    maker.add("lecture", &LectureDifficulty::lecture, labels.lecture)
        .add("learners", &LectureDifficulty::learners)
        .add("viewers", &LectureDifficulty::viewers)
        .add("watched_ms", &LectureDifficulty::watched_ms)
        .add("distinct_ms", &LectureDifficulty::distinct_ms)
        .add("mean_watched_s", &LectureDifficulty::mean_watched_s)
        .add_proportion("first_correct", &LectureDifficulty::first_correct);
    add_sign(maker, "rewatch", &LectureDifficulty::rewatch);
    add_sign(maker, "drop_off", &LectureDifficulty::drop_off);
    add_sign(maker, "error", &LectureDifficulty::error);
    add_sign(maker, "questions", &LectureDifficulty::questions);
    return with_bars_apart(maker.add("difficulty", &LectureDifficulty::difficulty)
                               .add("low", &LectureDifficulty::low)
                               .add("high", &LectureDifficulty::high)
                               .take({.x = "lecture",
                                      .y = "difficulty",
                                      .low = "low",
                                      .high = "high",
                                      .title = "Difficulty of lectures",
                                      .x_title = "Lecture",
                                      .y_title = "Mean z-score"}));
}

}  // namespace eduplat::analytics
