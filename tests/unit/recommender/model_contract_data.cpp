#include "unit/recommender/model_contract_data.hpp"

#include "recommender/seeded.hpp"

#include <numeric>

namespace eduplat::recommender::test {

void OwnedRows::add(SparseRow row) {
    ids.insert(ids.end(), row.ids.begin(), row.ids.end());
    weights.insert(weights.end(), row.weights.begin(), row.weights.end());
    offsets.push_back(std::ssize(ids));
}

Interactions checkerboard(Index size) {
    InteractionsBuilder builder{Shape{size, size}};
    for (Index user = 0; user < size; ++user) {
        for (Index item = user % 2; item < size; item += 2) {
            if (item != user) builder.add(user, item);
        }
    }
    return std::move(builder).build();
}

Interactions sample() {
    InteractionsBuilder builder{Shape{sample_users, sample_items}};
    Seeded random{5};
    for (Index user = 0; user < sample_users; ++user) {
        for (Index item = 0; item < sample_items; ++item) {
            double const likely = user % 3 == item % 3 ? 0.7 : 0.15;
            bool const takes = random.uniform() < likely;
            auto const weight = static_cast<float>(1.0 + random.uniform());
            if (takes && user != empty_user && item != untaken_item)
                builder.add(user, item, weight);
        }
    }
    return std::move(builder).build();
}

std::vector<Index> ascending(Index end) {
    std::vector<Index> ids(static_cast<std::size_t>(end));
    std::iota(ids.begin(), ids.end(), 0);
    return ids;
}

std::vector<Index> shuffled(Index end, std::uint64_t seed) {
    auto ids = ascending(end);
    Seeded{seed}.shuffle(ids);
    return ids;
}

Interactions permuted(Interactions const& data, std::vector<Index> const& users,
                      std::vector<Index> const& items) {
    InteractionsBuilder builder{data.shape()};
    for (Index user = 0; user < data.shape().users; ++user) {
        auto const row = data.by_user().row(user);
        for (std::size_t i = 0; i < row.size(); ++i)
            builder.add(users.at(static_cast<std::size_t>(user)),
                        items.at(static_cast<std::size_t>(row.ids[i])), row.weights[i]);
    }
    return std::move(builder).build();
}

std::unique_ptr<Model> unfitted(ContractModel const& kind, Index items) {
    return kind.make(ascending(items));
}

std::unique_ptr<Model> fitted(ContractModel const& kind, Interactions const& data) {
    auto model = unfitted(kind, data.shape().items);
    model->fit(data);
    return model;
}

std::vector<std::vector<float>> all_scores(Model const& model, Interactions const& data) {
    std::vector<std::vector<float>> scores;
    auto const items = ascending(data.shape().items);
    for (Index user = 0; user < data.shape().users; ++user)
        scores.push_back(model.score(user, data.by_user().row(user), items));
    return scores;
}

Ranking all_rankings(Model const& model, Interactions const& data) {
    return model.recommend(ascending(data.shape().users), data.by_user(),
                           {.n = data.shape().items, .filter_already_liked_items = false});
}

bool same(Ranking const& a, Ranking const& b) {
    return a.rows == b.rows && a.n == b.n && a.ids == b.ids && a.scores == b.scores;
}

}  // namespace eduplat::recommender::test
