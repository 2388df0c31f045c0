#include "oulad.hpp"

#include <eduplat/core/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

namespace oulad {
namespace {

template <class Value>
using Words = std::span<std::pair<std::string_view, Value> const>;

constexpr std::pair<std::string_view, Outcome> outcomes[] = {{"Withdrawn", Outcome::withdrawn},
                                                             {"Fail", Outcome::fail},
                                                             {"Pass", Outcome::pass},
                                                             {"Distinction", Outcome::distinction}};

constexpr std::pair<std::string_view, AssessmentType> assessment_types[] = {
    {"TMA", AssessmentType::tutor_marked},
    {"CMA", AssessmentType::computer_marked},
    {"Exam", AssessmentType::exam}};

constexpr std::pair<std::string_view, bool> yes_or_no[] = {{"Y", true}, {"N", false}};

/// The row a Csv stands at; fields are asked for by their place in the list of a Layout.
class Row {
  public:
    Row(Csv const& csv, std::span<std::size_t const> columns) : csv_(csv), columns_(columns) {}

    [[nodiscard]] std::string_view text(std::size_t place) const {
        return required(place, text_if_any(place));
    }

    [[nodiscard]] std::optional<std::string_view> text_if_any(std::size_t place) const {
        auto const field = csv_.text(columns_[place]);
        if (Csv::is_none(field)) return std::nullopt;
        return field;
    }

    void presentation(std::size_t first_place, PresentationId& out) const {
        out.module = text(first_place);
        out.presentation = text(first_place + 1);
    }

    [[nodiscard]] std::int64_t id(std::size_t place) const {
        return required(place, csv_.number(columns_[place]));
    }

    [[nodiscard]] std::int32_t number(std::size_t place) const {
        return narrowed(place, id(place));
    }

    [[nodiscard]] std::optional<std::int32_t> number_if_any(std::size_t place) const {
        auto const value = csv_.number(columns_[place]);
        if (!value) return std::nullopt;
        return narrowed(place, *value);
    }

    [[nodiscard]] double decimal(std::size_t place) const {
        return required(place, decimal_if_any(place));
    }

    [[nodiscard]] std::optional<double> decimal_if_any(std::size_t place) const {
        return csv_.decimal(columns_[place]);
    }

    template <class Value>
    [[nodiscard]] Value word(std::size_t place, Words<Value> words) const {
        auto const field = text(place);
        for (auto const& [word, value] : words) {
            if (word == field) return value;
        }
        csv_.refuse(columns_[place], "unknown");
    }

  private:
    template <class Value>
    Value required(std::size_t place, std::optional<Value> value) const {
        if (!value) csv_.refuse(columns_[place], "required");
        return *value;
    }

    [[nodiscard]] std::int32_t narrowed(std::size_t place, std::int64_t value) const {
        if (!std::in_range<std::int32_t>(value)) csv_.refuse(columns_[place], "range");
        return static_cast<std::int32_t>(value);
    }

    Csv const& csv_;
    std::span<std::size_t const> columns_;
};

/// The file a record comes from, the columns it is made of, and how.
template <class Record>
struct Layout;

template <>
struct Layout<Presentation> {
    static constexpr std::string_view file = "courses";
    static constexpr std::string_view columns[] = {"code_module", "code_presentation",
                                                   "module_presentation_length"};
    static void read(Row const& row, Presentation& out) {
        row.presentation(0, out.id);
        out.length_days = row.number(2);
    }
};

template <>
struct Layout<Learner> {
    static constexpr std::string_view file = "studentInfo";
    static constexpr std::string_view columns[] = {
        "code_module", "code_presentation",    "id_student",      "gender",
        "region",      "highest_education",    "imd_band",        "age_band",
        "disability",  "num_of_prev_attempts", "studied_credits", "final_result"};
    static void read(Row const& row, Learner& out) {
        row.presentation(0, out.presentation);
        out.student = row.id(2);
        out.gender = row.text(3);
        out.region = row.text(4);
        out.highest_education = row.text(5);
        out.imd_band = imd_band(row.text_if_any(6));
        out.age_band = row.text(7);
        out.disability = row.word<bool>(8, yes_or_no);
        out.previous_attempts = row.number(9);
        out.studied_credits = row.number(10);
        out.outcome = row.word<Outcome>(11, outcomes);
    }

    /// One band lacks the sign that all others have.
    static std::optional<std::string> imd_band(std::optional<std::string_view> text) {
        if (!text) return std::nullopt;
        return std::string{*text} + (text->ends_with('%') ? "" : "%");
    }
};

template <>
struct Layout<Registration> {
    static constexpr std::string_view file = "studentRegistration";
    static constexpr std::string_view columns[] = {"code_module", "code_presentation", "id_student",
                                                   "date_registration", "date_unregistration"};
    static void read(Row const& row, Registration& out) {
        row.presentation(0, out.presentation);
        out.student = row.id(2);
        out.registered_day = row.number_if_any(3);
        out.unregistered_day = row.number_if_any(4);
    }
};

template <>
struct Layout<Material> {
    static constexpr std::string_view file = "vle";
    static constexpr std::string_view columns[] = {"code_module",   "code_presentation", "id_site",
                                                   "activity_type", "week_from",         "week_to"};
    static void read(Row const& row, Material& out) {
        row.presentation(0, out.presentation);
        out.site = row.id(2);
        out.activity_type = row.text(3);
        out.week_from = row.number_if_any(4);
        out.week_to = row.number_if_any(5);
    }
};

template <>
struct Layout<Click> {
    static constexpr std::string_view file = "studentVle";
    static constexpr std::string_view columns[] = {
        "code_module", "code_presentation", "id_student", "id_site", "date", "sum_click"};
    static void read(Row const& row, Click& out) {
        row.presentation(0, out.presentation);
        out.student = row.id(2);
        out.site = row.id(3);
        out.day = row.number(4);
        out.clicks = row.number(5);
    }
};

template <>
struct Layout<Assessment> {
    static constexpr std::string_view file = "assessments";
    static constexpr std::string_view columns[] = {
        "code_module", "code_presentation", "id_assessment", "assessment_type", "date", "weight"};
    static void read(Row const& row, Assessment& out) {
        row.presentation(0, out.presentation);
        out.id = row.id(2);
        out.type = row.word<AssessmentType>(3, assessment_types);
        out.due_day = row.number_if_any(4);
        out.weight_percent = row.decimal(5);
    }
};

template <>
struct Layout<Submission> {
    static constexpr std::string_view file = "studentAssessment";
    static constexpr std::string_view columns[] = {"id_assessment", "id_student", "date_submitted",
                                                   "is_banked", "score"};
    static void read(Row const& row, Submission& out) {
        out.assessment = row.id(0);
        out.student = row.id(1);
        out.day = row.number(2);
        out.banked = row.number(3) != 0;
        out.score = row.decimal_if_any(4);
    }
};

}  // namespace

template <class Record>
Reader<Record>::Reader(std::filesystem::path const& folder)
    : csv_(find_csv(folder, Layout<Record>::file)) {
    for (auto const& name : Layout<Record>::columns)
        columns_.push_back(csv_.column(name));
}

template <class Record>
bool Reader<Record>::next(Record& out) {
    if (!csv_.next()) return false;
    Layout<Record>::read(Row{csv_, columns_}, out);
    return true;
}

template class Reader<Presentation>;
template class Reader<Learner>;
template class Reader<Registration>;
template class Reader<Material>;
template class Reader<Click>;
template class Reader<Assessment>;
template class Reader<Submission>;

std::chrono::sys_days start_of(std::string_view presentation) {
    int year = 0;
    auto const* const end = presentation.data() + std::min<std::size_t>(4, presentation.size());
    auto const [tail, error] = std::from_chars(presentation.data(), end, year);
    auto const half = presentation.size() == 5 ? presentation[4] : '?';
    if (error != std::errc{} || tail != end || year < 0 || (half != 'B' && half != 'J')) {
        eduplat::fail(eduplat::ErrorCode::invalid_argument, "presentation", "malformed");
    }
    return std::chrono::year{year} / (half == 'B' ? 2 : 10) / 1;
}

}  // namespace oulad
