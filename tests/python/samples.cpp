// What a Python program is given by way of Arrow: loaded with ctypes by arrow_check.py.
#include <eduplat/core/error.hpp>
#include <eduplat/exporting/arrow.hpp>
#include <eduplat/exporting/csv.hpp>
#include <eduplat/exporting/frame_tables.hpp>
#include <eduplat/exporting/json_lines.hpp>

#include <unit/exporting/sample_tables.hpp>

#include <atomic>
#include <fstream>
#include <memory>
#include <stdexcept>

using namespace eduplat;
using namespace eduplat::analytics;
using namespace eduplat::exporting;

namespace {

std::atomic<int> live_sources = 0;

/// Counts the sources that were not let go.
class Life final {
  public:
    Life() { ++live_sources; }
    Life(Life const&) = delete;
    Life& operator=(Life const&) = delete;
    ~Life() { --live_sources; }
};

/// Rows from `begin`: every seventh is absent, each column begins elsewhere.
Table numbered(std::int64_t begin, std::int64_t rows) {
    std::vector<std::optional<std::int64_t>> whole;
    std::vector<std::optional<double>> real;
    std::vector<std::optional<std::string>> text;
    std::vector<std::optional<Timestamp>> time;
    for (auto i = begin; i < begin + rows; ++i) {
        auto const present = [i](std::int64_t shift) { return (i + shift) % 7 != 0; };
        auto const micros = std::chrono::microseconds{i * 1'000'003};
        whole.push_back(present(0) ? std::optional{i * i} : std::nullopt);
        real.push_back(present(1) ? std::optional{static_cast<double>(i) / 3} : std::nullopt);
        text.push_back(present(2) ? std::optional{"row " + std::to_string(i)} : std::nullopt);
        time.push_back(present(3) ? std::optional{Timestamp{micros}} : std::nullopt);
    }
    return {.name = "numbered",
            .columns = {column("whole", whole), column("real", real), column("text", text),
                        column("time", time)}};
}

/// Tables of `rows` rows, `pieces` of them, then an exception if that is wanted.
TableSource numbered_source(std::int64_t pieces, std::int64_t rows, bool fails) {
    return [=, life = std::make_shared<Life>(),
            piece = std::int64_t{0}]() mutable -> std::optional<Table> {
        if (piece < pieces) return numbered(piece++ * rows, rows);
        if (fails) throw std::runtime_error{"the log cannot be read"};
        return std::nullopt;
    };
}

EventFrame frame() {
    std::vector<Event> events;
    for (auto i = 0; i < 20'000; ++i) {
        auto const at = Timestamp{std::chrono::seconds{i * 1'009}};
        auto subject = i % 5 == 0 ? Subject{} : Subject{CourseId{i % 3}};
        if (i % 5 > 2) subject.lecture = LectureId{i % 40};
        events.push_back(
            {UserId{i % 17}, at, LearningKind::opened, subject, std::nullopt, i % 9 + 1});
    }
    return EventFrame{}.with(events, 20'000);
}

}  // namespace

// ctypes knows the names of C alone.
extern "C" {

int sample_live_sources() {
    return live_sources;
}

void sample_table(ArrowSchema* schema, ArrowArray* array) {
    export_table(test::sample_table(), schema, array);
}

void sample_stream(ArrowArrayStream* stream, std::int64_t pieces, std::int64_t rows, bool fails) {
    export_stream(numbered_source(pieces, rows, fails), stream);
}

void sample_frame(ArrowArrayStream* stream) {
    export_stream(frame_tables(frame(), {}, 3'000), stream);
}

/// The same as files: sample.csv, sample.jsonl, frame.csv.
void sample_files(char const* folder) {
    auto const file = [&](char const* name) {
        auto out =
            std::make_shared<std::ofstream>(std::string{folder} + "/" + name, std::ios::binary);
        return [out](std::string_view part) {
            out->write(part.data(), static_cast<std::streamsize>(part.size()));
        };
    };
    write_csv(test::sample_table(), file("sample.csv"), {.defuse_formulas = false});
    write_json_lines(test::sample_table(), file("sample.jsonl"));
    write_csv(frame(), file("frame.csv"), {.num_threads = 2});
}
}
