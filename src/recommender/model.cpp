#include "recommender/checks.hpp"
#include "recommender/serving.hpp"

#include <eduplat/recommender/model.hpp>

#include <limits>
#include <memory>

namespace eduplat::recommender {
namespace {

constexpr Index no_end = std::numeric_limits<Index>::max();

/// What a ranking of one user and of many have in common.
void check_options(Validation& validation, RecommendOptions const& options, Index items) {
    check_n(validation, options.n);
    check_ids(validation, "filter_items", options.filter_items, items);
    if (options.items) check_ids(validation, "items", *options.items, items);
    check_threads(validation, options.num_threads);
}

}  // namespace

std::vector<Scored> Model::recommend(Index userid, SparseRow user_items,
                                     RecommendOptions const& options) const {
    check_fitted(*this);
    auto const items = shape().items;
    Validation validation;
    check_id(validation, "userid", userid, no_end);
    check_row(validation, "user_items", user_items, items);
    check_options(validation, options, items);
    validation.check("recommend");
    return Serving{*this, options}.rank(userid, user_items);
}

Ranking Model::recommend(std::span<Index const> userids, CsrView user_items,
                         RecommendOptions const& options) const {
    check_fitted(*this);
    auto const items = shape().items;
    Validation validation;
    check_ids(validation, "userids", userids, no_end);
    check_rows(validation, "user_items", userids.size(), user_items, items);
    check_options(validation, options, items);
    validation.check("recommend");
    return Serving{*this, options}.rank(userids, user_items);
}

std::vector<float> Model::score(Index userid, SparseRow user_items, std::span<Index const> items,
                                bool recalculate_user) const {
    check_fitted(*this);
    Validation validation;
    check_id(validation, "userid", userid, no_end);
    check_row(validation, "user_items", user_items, shape().items);
    check_ids(validation, "items", items, shape().items);
    validation.check("score");
    std::vector<float> scores(items.size());
    RecommendOptions const options{.recalculate_user = recalculate_user};
    Serving{*this, options}.score(userid, user_items, items, scores);
    return scores;
}

std::vector<Scored> Model::similar_items(Index /*itemid*/, int /*n*/) const {
    fail(ErrorCode::failed_precondition, "model", "no_similarity");
}

std::vector<Scored> Model::similar_users(Index /*userid*/, int /*n*/) const {
    fail(ErrorCode::failed_precondition, "model", "no_similarity");
}

void Model::score_items(Index userid, SparseRow row, bool recalculate, std::span<Index const> items,
                        std::span<float> out) const {
    auto const count = static_cast<std::size_t>(shape().items);
    auto const all = std::make_unique_for_overwrite<float[]>(count);
    score_block({.users = {&userid, 1}, .rows = {&row, 1}, .recalculate = recalculate},
                {all.get(), count});
    for (std::size_t i = 0; i < items.size(); ++i)
        out[i] = all[static_cast<std::size_t>(items[i])];
}

bool Model::knows_user(Index userid) const noexcept {
    return userid < shape().users;
}

}  // namespace eduplat::recommender
