#include "recommender/serving.hpp"

#include "core/parallel.hpp"
#include "recommender/checks.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace eduplat::recommender {
namespace {

/// Users who are scored together: some for a kernel to work on, while their scores stay in a cache.
constexpr std::size_t block_scores = std::size_t{1} << 18U;
constexpr std::size_t block_users_min = 8;
constexpr std::size_t block_users_max = 64;

constexpr Index no_item = -1;

std::size_t block_users(std::size_t items) noexcept {
    return std::clamp(block_scores / std::max<std::size_t>(1, items), block_users_min,
                      block_users_max);
}

}  // namespace

/// Rows as models take them. Those that are so already are not copied.
class Model::Serving::Rows {
  public:
    void add(SparseRow row) {
        rows_.push_back(is_normal(row) ? row : own_.emplace_back(row).view());
    }
    [[nodiscard]] std::span<SparseRow const> all() const noexcept { return rows_; }

  private:
    std::vector<SparseRow> rows_;
    std::deque<NormalRow> own_;
};

struct Model::Serving::Scratch {
    explicit Scratch(std::size_t size)
        : memory(std::make_unique_for_overwrite<float[]>(size)), scores(memory.get(), size) {}

    std::unique_ptr<float[]> memory;
    std::span<float> scores;
    TopN best;
    std::vector<Scored> accepted;
};

Model::Serving::Serving(Model const& model, RecommendOptions const& options)
    : model_(model), options_(options), items_(static_cast<std::size_t>(model.shape().items)) {
    if (!options.items) return;
    only_.assign(options.items->begin(), options.items->end());
    std::sort(only_.begin(), only_.end());
    only_.erase(std::unique(only_.begin(), only_.end()), only_.end());
}

bool Model::Serving::recalculates(Index userid) const noexcept {
    return options_.recalculate_user || !model_.knows_user(userid);
}

std::size_t Model::Serving::candidates() const noexcept {
    return options_.items ? only_.size() : items_;
}

Index Model::Serving::item_of(Index candidate) const noexcept {
    return options_.items ? only_[static_cast<std::size_t>(candidate)] : candidate;
}

void Model::Serving::take_out(std::span<float> scores, std::span<Index const> items) const {
    if (!options_.items) {
        for (auto const item : items)
            scores[static_cast<std::size_t>(item)] = filtered_out;
        return;
    }
    for (auto const item : items) {
        auto const found = std::lower_bound(only_.begin(), only_.end(), item);
        if (found != only_.end() && *found == item)
            scores[static_cast<std::size_t>(found - only_.begin())] = filtered_out;
    }
}

void Model::Serving::score(Index userid, SparseRow user_items, std::span<Index const> items,
                           std::span<float> out) const {
    Rows rows;
    rows.add(user_items);
    model_.score_items(userid, rows.all().front(), recalculates(userid), items, out);
}

void Model::Serving::score_rows(std::span<Index const> userids, Rows const& rows,
                                std::span<float> out) const {
    auto const width = candidates();
    if (width == 0) return;
    for (std::size_t begin = 0, end = 0; begin < userids.size(); begin = end) {
        bool const recalculate = recalculates(userids[begin]);
        if (options_.items) {
            end = begin + 1;
            model_.score_items(userids[begin], rows.all()[begin], recalculate, only_,
                               out.subspan(begin * width, width));
            continue;
        }
        while (end < userids.size() && recalculates(userids[end]) == recalculate)
            ++end;
        model_.score_block({.users = userids.subspan(begin, end - begin),
                            .rows = rows.all().subspan(begin, end - begin),
                            .recalculate = recalculate},
                           out.subspan(begin * width, (end - begin) * width));
    }
}

std::span<Scored const> Model::Serving::select_asking(std::span<float const> scores,
                                                      Scratch& scratch) const {
    auto const n = static_cast<std::size_t>(options_.n);
    auto& accepted = scratch.accepted;
    accepted.clear();
    std::size_t asked = 0;
    for (auto count = 2 * n;; count *= 4) {
        auto const wanted = std::min(count, scores.size());
        auto const best = scratch.best.select(scores, static_cast<int>(wanted));
        for (; asked < best.size() && accepted.size() < n; ++asked) {
            if (options_.predicate(item_of(best[asked].id))) accepted.push_back(best[asked]);
        }
        if (accepted.size() == n || best.size() < count) return accepted;
    }
}

std::span<Scored const> Model::Serving::select(std::span<float> scores, SparseRow row,
                                               Scratch& scratch) const {
    if (scores.empty()) return {};
    if (options_.filter_already_liked_items) take_out(scores, row.ids);
    take_out(scores, options_.filter_items);
    return options_.predicate ? select_asking(scores, scratch)
                              : scratch.best.select(scores, options_.n);
}

std::vector<Scored> Model::Serving::rank(Index userid, SparseRow user_items) const {
    Scratch scratch{candidates()};
    Rows rows;
    rows.add(user_items);
    score_rows({&userid, 1}, rows, scratch.scores);
    auto const best = select(scratch.scores, user_items, scratch);
    std::vector<Scored> result{best.begin(), best.end()};
    for (auto& scored : result)
        scored.id = item_of(scored.id);
    return result;
}

void Model::Serving::rank_chunk(std::span<Index const> userids, CsrView user_items,
                                std::size_t begin, Scratch& scratch, Ranking& to) const {
    Rows rows;
    for (std::size_t i = 0; i < userids.size(); ++i)
        rows.add(user_items.row(static_cast<Index>(begin + i)));
    score_rows(userids, rows, scratch.scores);
    auto const width = candidates();
    for (std::size_t i = 0; i < userids.size(); ++i) {
        auto const row = user_items.row(static_cast<Index>(begin + i));
        auto at = (begin + i) * static_cast<std::size_t>(to.n);
        for (auto const& scored : select(scratch.scores.subspan(i * width, width), row, scratch)) {
            to.ids[at] = item_of(scored.id);
            to.scores[at++] = scored.score;
        }
    }
}

Ranking Model::Serving::rank(std::span<Index const> userids, CsrView user_items) const {
    auto const size = userids.size() * static_cast<std::size_t>(options_.n);
    Ranking result{.rows = userids.size(),
                   .n = options_.n,
                   .ids = std::vector<Index>(size, no_item),
                   .scores = std::vector<float>(size, std::numeric_limits<float>::lowest())};
    auto const step = block_users(candidates());
    auto const chunks = (userids.size() + step - 1) / step;
    auto const threads = resolve_threads(options_.num_threads);
    std::vector<std::unique_ptr<Scratch>> scratches(static_cast<std::size_t>(threads));
    parallel_for(threads, chunks, [&](std::size_t chunk, int worker) {
        auto& scratch = scratches[static_cast<std::size_t>(worker)];
        if (!scratch) scratch = std::make_unique<Scratch>(step * candidates());
        auto const begin = chunk * step;
        auto const count = std::min(step, userids.size() - begin);
        rank_chunk(userids.subspan(begin, count), user_items, begin, *scratch, result);
    });
    return result;
}

}  // namespace eduplat::recommender
