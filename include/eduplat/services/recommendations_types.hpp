#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/ids.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat {

/// Why a course is recommended.
enum class RecommendationReason : std::uint8_t {
    learned_with,     ///< those who learned `Because::courses` learned it too: mostly for that
    similar_content,  ///< it is about the same as `Because::courses`
    interests,        ///< it is about `Because::words`, which the learner declared or searched for
    popular,          ///< many learn it
};

/// "learned_with" and so on; empty for a value outside the enumeration.
[[nodiscard]] std::string_view name(RecommendationReason reason) noexcept;

/// What a host needs to say in its own words why a course is recommended.
struct Because {
    RecommendationReason reason;
    /// Of what the learner did, what speaks most for it, most first: at most three. He can see
    /// them: they are published, or his.
    std::vector<CourseId> courses = {};
    std::vector<std::string> words = {};  ///< as they were written, at most three; none for who may
                                          ///< not make accounts_get_persona about the learner

    friend bool operator==(Because const&, Because const&) = default;
};

struct Recommendation {
    CourseId course;
    double score;  ///< higher is better; to be compared within one answer only
    Because because;

    friend bool operator==(Recommendation const&, Recommendation const&) = default;
};

/// How well hidden courses of learners were found again, 0 to 1, among the first `k` recommended.
struct OfflineMetrics {
    double hr = 0;      ///< learners of whom one was found
    double recall = 0;  ///< of a learner's hidden courses, those found
    double ndcg = 0;    ///< the same, where higher places count more
};

/// A trained recommender, and what it is worth. It was measured when it was trained: of each
/// learner of three courses or more the newest fifth, one at least, was hidden, and the rest taken
/// to train the same for the measurement alone. In large schools this is done with about 5,000
/// learners.
struct RecommenderQuality {
    Timestamp trained_at;
    std::int64_t learners = 0;  ///< who have done something with a course
    std::int64_t courses = 0;
    std::int64_t pairs = 0;                    ///< of learner and course
    int k = 20;                                ///< in schools of less than 40 courses half of them
    std::int64_t evaluated = 0;                ///< learners of whom something was hidden
    std::optional<OfflineMetrics> metrics;     ///< none if there was nobody to evaluate
    std::optional<OfflineMetrics> popularity;  ///< the same if all get what is popular
    double coverage = 0;                       ///< courses recommended to anybody / courses
};

}  // namespace eduplat
