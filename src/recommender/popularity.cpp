#include "recommender/arrays.hpp"
#include "recommender/checks.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/popularity.hpp>

#include <algorithm>
#include <utility>

namespace eduplat::recommender {

Shape PopularityModel::shape() const noexcept {
    return {users_, static_cast<Index>(scores_.size())};
}

void PopularityModel::fit(Interactions const& user_items, FitControl const& control) {
    check_fit(user_items, control);
    report(control, "count", 0, 1);
    auto const rows = user_items.by_user();
    std::vector<double> sums(static_cast<std::size_t>(rows.columns));
    for (std::size_t i = 0; i < rows.ids.size(); ++i)
        sums[static_cast<std::size_t>(rows.ids[i])] += static_cast<double>(rows.weights[i]);
    std::vector<float> scores(sums.size());
    std::transform(sums.begin(), sums.end(), scores.begin(),
                   [&](double sum) { return static_cast<float>(sum / rows.rows()); });
    report(control, "count", 1, 1);
    users_ = rows.rows();
    scores_ = std::move(scores);
}

void PopularityModel::score_block(Block const& block, std::span<float> out) const {
    for (auto row = out.begin(); row != out.end(); row += std::ssize(scores_))
        std::copy(scores_.begin(), scores_.end(), row);
    static_cast<void>(block);
}

void PopularityModel::score_items(Index /*userid*/, SparseRow /*row*/, bool /*recalculate*/,
                                  std::span<Index const> items, std::span<float> out) const {
    std::transform(items.begin(), items.end(), out.begin(),
                   [this](Index item) { return scores_[static_cast<std::size_t>(item)]; });
}

Explanation PopularityModel::explain(Index userid, SparseRow user_items, Index itemid,
                                     int n) const {
    check_explain(*this, userid, user_items, itemid, n);
    auto const score = scores_[static_cast<std::size_t>(itemid)];
    return {.total = score, .rest = score, .contributions = {}};
}

void PopularityModel::write_to(ArrayWriter& writer) const {
    writer.put("users", std::int64_t{users_});
    writer.put("item_scores", scores_);
}

std::unique_ptr<PopularityModel> PopularityModel::read_from(ArrayReader const& reader) {
    auto model = std::make_unique<PopularityModel>();
    model->users_ = reader.index("users");
    model->scores_ = reader.floats("item_scores", -1);
    return model;
}

}  // namespace eduplat::recommender
