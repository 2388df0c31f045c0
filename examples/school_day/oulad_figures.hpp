#pragma once

#include <eduplat/platform.hpp>

#include <oulad/oulad.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace school_day {

/// Weeks before a presentation that are shown; week 1 begins with its first day.
inline constexpr int weeks_before = 4;
/// Days since the registration after which presentations are compared: all of them last longer, so
/// that nearly everybody was there to be seen. The last days of a curve rest on few.
inline constexpr int compared_days = 180;
/// What fewer learners did is left out of rankings.
inline constexpr std::int64_t ranked_learners_min = 30;
inline constexpr std::size_t ranked_max = 15;

/// What became of those who registered for a presentation.
struct PresentationFigures {
    oulad::PresentationId id;
    eduplat::CourseId course;
    eduplat::Timestamp start;
    eduplat::Timestamp end;
    std::vector<eduplat::analytics::ActiveBucket> weeks = {};  ///< from `weeks_before` on
    /// Of who registered before the first day. Period n is week n; period 0 all the time before.
    eduplat::analytics::Cohort active = {};  ///< in the week
    eduplat::analytics::Cohort seen = {};    ///< in the week or a later one
    /// In days since the registration; who is there at the end of the presentation is censored.
    eduplat::analytics::SurvivalCurve stay = {};
    std::vector<eduplat::analytics::FunnelStepResult> funnel = {};  ///< registered to passed

    /// Of `stay` after `compared_days`; none if nobody is known so long.
    [[nodiscard]] std::optional<eduplat::analytics::SurvivalStep> compared() const;
};

struct ModuleFigures {
    std::string module;
    std::vector<PresentationFigures> presentations = {};
    eduplat::analytics::LogRank log_rank = {};  ///< between them
};

/// Of the first scores, 0 to 100, of those who handed in.
struct AssessmentFigures {
    std::string name;
    std::int64_t learners = 0;
    double mean_score = 0;
    /// Of the mean's normal interval, 95 %, as far as it lies in 0 to 100.
    std::optional<double> low = std::nullopt;
    std::optional<double> high = std::nullopt;
};

struct MaterialFigures {
    std::string name;
    std::string presentation;
    eduplat::analytics::SubjectActivity activity;
    double reopens_per_learner = 0;
    eduplat::analytics::Proportion reopened = {};  ///< learners of those who opened it
};

struct OuladFigures {
    std::int64_t events = 0;       ///< clicks and submissions
    std::int64_t assessments = 0;  ///< that enough learners handed in
    std::vector<ModuleFigures> modules = {};
    eduplat::analytics::LogRank log_rank = {};  ///< between all presentations
    std::vector<AssessmentFigures> hardest = {};
    std::vector<MaterialFigures> reopened = {};
};

/// Asks the school about the presentations in the folder's files that have registrations.
[[nodiscard]] OuladFigures oulad_figures(eduplat::Platform const& school,
                                         std::filesystem::path const& folder);

}  // namespace school_day
