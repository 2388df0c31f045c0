#pragma once

// Reads the Open University Learning Analytics Dataset, which is licensed CC BY 4.0:
//   Kuzilek J., Hlosta M., Zdrahal Z. Open University Learning Analytics dataset.
//   Scientific Data 4:170171 (2017), https://doi.org/10.1038/sdata.2017.171
// The data themselves are not part of this project.

#include "csv.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oulad {

/// One run of a module: "AAA" in "2013J". Days are counted from its start, which is day 0; what
/// happened before has negative ones.
struct PresentationId {
    std::string module;
    std::string presentation;

    friend auto operator<=>(PresentationId const&, PresentationId const&) = default;
};

/// When a presentation starts: one with B on 1 February, one with J on 1 October of its year. The
/// dataset tells the month; the day is a convention of this reader.
/// Errors: invalid_argument (field "presentation", rule "malformed").
[[nodiscard]] std::chrono::sys_days start_of(std::string_view presentation);

/// Of courses.csv.
struct Presentation {
    PresentationId id;
    std::int32_t length_days = 0;
};

enum class Outcome : std::uint8_t { withdrawn, fail, pass, distinction };

/// Of studentInfo.csv: somebody in one presentation.
struct Learner {
    PresentationId presentation;
    std::int64_t student = 0;
    std::string gender;                   ///< "M" or "F"
    std::string region;                   ///< "Scotland"
    std::string highest_education;        ///< "A Level or Equivalent"
    std::optional<std::string> imd_band;  ///< of deprivation, "10-20%": the file's "10-20" too
    std::string age_band;                 ///< "0-35", "35-55" or "55<="
    std::int32_t previous_attempts = 0;
    std::int32_t studied_credits = 0;
    bool disability = false;
    Outcome outcome = Outcome::withdrawn;
};

/// Of studentRegistration.csv.
struct Registration {
    PresentationId presentation;
    std::int64_t student = 0;
    std::optional<std::int32_t> registered_day;
    std::optional<std::int32_t> unregistered_day;  ///< none for who stayed to the end
};

/// Of vle.csv: a page or other item of the learning environment.
struct Material {
    std::int64_t site = 0;
    PresentationId presentation;
    std::string activity_type;  ///< "oucontent", "forumng", "quiz" and others
    std::optional<std::int32_t> week_from;
    std::optional<std::int32_t> week_to;
};

/// Of studentVle.csv: how often somebody clicked on a material on one day. One student, material
/// and day may come several times: the clicks add up.
struct Click {
    PresentationId presentation;
    std::int64_t student = 0;
    std::int64_t site = 0;
    std::int32_t day = 0;
    std::int32_t clicks = 0;
};

enum class AssessmentType : std::uint8_t { tutor_marked, computer_marked, exam };

/// Of assessments.csv.
struct Assessment {
    std::int64_t id = 0;
    PresentationId presentation;
    AssessmentType type = AssessmentType::exam;
    std::optional<std::int32_t> due_day;  ///< of an exam often none: at the end
    double weight_percent = 0;
};

/// Of studentAssessment.csv.
struct Submission {
    std::int64_t assessment = 0;
    std::int64_t student = 0;
    std::int32_t day = 0;
    bool banked = false;          ///< carried over from an earlier presentation
    std::optional<double> score;  ///< from 0 to 100
};

/// The records of one file, plain or with ".gz", in its order. Record is one of the above.
///
/// Errors: those of Csv; rules "required" (an empty field that may not be), "range" (a number too
/// large) and "unknown" (none of the words that may stand there).
/// Thread safety: one thread at a time.
template <class Record>
class Reader {
  public:
    explicit Reader(std::filesystem::path const& folder);

    /// Reads the next record into `out`, whose strings keep their room; false at the end.
    bool next(Record& out);

    [[nodiscard]] double progress() const noexcept { return csv_.progress(); }
    [[nodiscard]] std::int64_t line() const noexcept { return csv_.line(); }

  private:
    Csv csv_;
    std::vector<std::size_t> columns_;
};

extern template class Reader<Presentation>;
extern template class Reader<Learner>;
extern template class Reader<Registration>;
extern template class Reader<Material>;
extern template class Reader<Click>;
extern template class Reader<Assessment>;
extern template class Reader<Submission>;

/// All records of a file that is small enough.
template <class Record>
[[nodiscard]] std::vector<Record> read_all(std::filesystem::path const& folder) {
    std::vector<Record> all;
    Reader<Record> reader{folder};
    for (Record record; reader.next(record);)
        all.push_back(record);
    return all;
}

}  // namespace oulad
