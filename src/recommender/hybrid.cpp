#include "recommender/arrays.hpp"
#include "recommender/checks.hpp"
#include "recommender/hybrid_weights.hpp"
#include "recommender/linear.hpp"
#include "recommender/model_readers.hpp"
#include "recommender/ranking.hpp"

#include <eduplat/core/limits.hpp>
#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/evaluation.hpp>
#include <eduplat/recommender/hybrid.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace eduplat::recommender {
namespace {

/// Of any user's pairs at least as many are left to be fitted to.
constexpr double fraction_max = 0.5;
constexpr double weight_max = 1e6;

std::string element(std::string_view field, std::size_t index) {
    return std::string{field} + '[' + std::to_string(index) + ']';
}

void check_parts(Validation& validation, Parts const& parts) {
    if (parts.empty()) validation.add("parts", "empty");
    if (parts.size() > limits::hybrid_parts_max)
        validation.add("parts", "too_many", std::int64_t{limits::hybrid_parts_max});
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i]) validation.add(element("parts", i), "required");
    }
}

void check_weights(Validation& validation, std::vector<double> const& weights, std::size_t parts) {
    if (weights.empty()) return;
    if (weights.size() != parts) validation.add("weights", "length");
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!std::isfinite(weights[i])) {
            validation.add(element("weights", i), "not_finite");
        } else if (weights[i] < 0) {
            validation.add(element("weights", i), "too_small", 0);
        } else if (weights[i] > weight_max) {
            validation.add(element("weights", i), "too_large",
                           static_cast<std::int64_t>(weight_max));
        }
    }
    if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; }))
        validation.add("weights", "all_zero");
}

void check(Parts const& parts, HybridOptions const& options) {
    Validation validation;
    check_parts(validation, parts);
    check_weights(validation, options.weights, parts.size());
    auto const fraction = options.validation_fraction;
    if (!std::isfinite(fraction)) {
        validation.add("validation_fraction", "not_finite");
    } else if (fraction <= 0) {
        validation.add("validation_fraction", "too_small", 0);
    } else if (fraction > fraction_max) {
        validation.add("validation_fraction", "too_large");
    }
    validation.check("hybrid");
}

/// Fitted parts as a file would keep them, to be put back if a fit fails.
class Backup {
  public:
    explicit Backup(Parts& parts) : parts_(parts) {
        for (auto const& part : parts) {
            auto& writer = writers_.emplace_back();
            if (part->shape().items > 0) write_model(*part, writer);
        }
    }

    /// Those of types that no file knows stay as they are.
    void put_back() {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (writers_[i].arrays().empty()) continue;
            try {
                parts_[i] = read_model(ArrayReader(writers_[i].arrays()));
            } catch (Error const& error) {
                if (error.code() != ErrorCode::data_loss) throw;
            }
        }
    }

  private:
    Parts& parts_;
    std::vector<ArrayWriter> writers_;
};

bool is_content(Model const& part) {
    return dynamic_cast<ContentModel const*>(&part) != nullptr;
}

std::vector<std::int32_t> items_of_nobody(CsrView by_item, Index items) {
    std::vector<std::int32_t> result;
    for (Index item = 0; item < items; ++item) {
        if (item >= by_item.rows() || by_item.row(item).size() == 0) result.push_back(item);
    }
    return result;
}

/// A part to fit to, and one to learn weights on: nothing in it where no user has two pairs.
Split validation_split(Interactions const& user_items, HybridOptions const& options) {
    auto const rows = user_items.by_user();
    std::size_t could = 0;
    for (Index user = 0; user < rows.rows(); ++user)
        could += rows.row(user).size() > 1 ? 1U : 0U;
    auto split = split_fraction(user_items, options.validation_fraction, options.random_state);
    if (2 * rows_with_pairs(split.test.by_user()).size() >= could) return split;
    return leave_k_out(user_items, 1, options.random_state);
}

/// What scales each part's scores of known items.
std::vector<float> factors_for_known(ScoreMoments const& moments,
                                     std::vector<double> const& weights) {
    std::vector<float> factors;
    for (std::size_t p = 0; p < weights.size(); ++p)
        factors.push_back(static_cast<float>(weights[p] * moments.scales[p]));
    return factors;
}

/// Content alone, by the ratio in which it predicts the whole sum of known items (a regression
/// through 0); without content as for known items.
std::vector<float> factors_for_new(Parts const& parts, ScoreMoments const& moments,
                                   std::vector<double> const& weights) {
    auto const content =
        static_cast<std::size_t>(std::find_if(parts.begin(), parts.end(),
                                              [](auto const& part) { return is_content(*part); }) -
                                 parts.begin());
    auto const n = parts.size();
    if (content == n) return factors_for_known(moments, weights);
    double product = 0;
    for (std::size_t p = 0; p < n; ++p)
        product += weights[p] * moments.products[p * n + content];
    auto const square = moments.products[content * n + content];
    auto const ratio = square > 0 ? std::max(0.0, product / square) : 0.0;
    std::vector<float> factors(n);
    factors[content] = static_cast<float>(ratio * moments.scales[content]);
    return factors;
}

/// A row without the items that a part does not have.
SparseRow first_items(SparseRow row, Index items) {
    auto const end = std::lower_bound(row.ids.begin(), row.ids.end(), items);
    auto const size = static_cast<std::size_t>(end - row.ids.begin());
    return {row.ids.first(size), row.weights.first(size)};
}

/// What an explanation does not list: also the contributions for which there was no room.
float unlisted(Explanation const& why) {
    if (why.contributions.size() < static_cast<std::size_t>(limits::recommend_n_max))
        return why.rest;
    auto listed = 0.0;
    for (auto const& one : why.contributions)
        listed += static_cast<double>(one.score);
    return static_cast<float>(static_cast<double>(why.total) - listed);
}

}  // namespace

struct HybridModel::Fitted {
    std::vector<double> weights;
    std::vector<float> factors;
    std::vector<float> factors_for_new;
    std::vector<std::int32_t> new_items;
};

HybridModel::HybridModel(std::vector<std::unique_ptr<Model>> parts, HybridOptions const& options)
    : options_(options), parts_(std::move(parts)), weights_(options.weights) {
    check(parts_, options_);
}

Shape HybridModel::shape() const noexcept {
    Shape result;
    if (factors_.empty()) return result;
    for (auto const& part : parts_) {
        result.users = std::max(result.users, part->shape().users);
        result.items = std::max(result.items, part->shape().items);
    }
    return result;
}

void HybridModel::fit_parts(Interactions const& user_items, FitControl const& control) {
    for (auto const& part : parts_)
        part->fit(user_items, control);
}

std::vector<double> HybridModel::weights_for(Interactions const& user_items,
                                             FitControl const& control) {
    if (!options_.weights.empty()) return options_.weights;
    auto const n = parts_.size();
    std::vector<double> equal(n, 1.0 / static_cast<double>(n));
    if (n == 1) return equal;
    auto const split = validation_split(user_items, options_);
    if (split.test.pairs() == 0) return equal;
    fit_parts(split.train, control);
    auto const moments = measure_scores(parts_, split.train, control);
    return learn_weights(parts_, moments, split.train, split.test, control);
}

HybridModel::Fitted HybridModel::learn(Interactions const& user_items, FitControl const& control) {
    Fitted result;
    result.weights = weights_for(user_items, control);
    fit_parts(user_items, control);
    auto const moments = measure_scores(parts_, user_items, control);
    result.factors = factors_for_known(moments, result.weights);
    result.factors_for_new = factors_for_new(parts_, moments, result.weights);
    Index items = 0;
    for (auto const& part : parts_)
        items = std::max(items, part->shape().items);
    result.new_items = items_of_nobody(user_items.by_item(), items);
    report(control, "scales", 1, 1);
    return result;
}

void HybridModel::fit(Interactions const& user_items, FitControl const& control) {
    check_fit(user_items, control);
    Backup backup(parts_);
    try {
        auto fitted = learn(user_items, control);
        weights_ = std::move(fitted.weights);
        factors_ = std::move(fitted.factors);
        factors_for_new_ = std::move(fitted.factors_for_new);
        new_items_ = std::move(fitted.new_items);
    } catch (...) {
        backup.put_back();
        throw;
    }
}

bool HybridModel::is_new(Index item) const noexcept {
    return std::binary_search(new_items_.begin(), new_items_.end(), item);
}

float HybridModel::factor(std::size_t part, bool is_new) const noexcept {
    return (is_new ? factors_for_new_ : factors_)[part];
}

void HybridModel::score_block(Block const& block, std::span<float> out) const {
    auto const items = static_cast<std::size_t>(shape().items);
    std::fill(out.begin(), out.end(), 0.0F);
    std::vector<float> scores;
    std::vector<SparseRow> rows(block.rows.size());
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        if (factor(p, false) == 0 && factor(p, true) == 0) continue;
        auto const& part = *parts_[p];
        auto const width = static_cast<std::size_t>(part.shape().items);
        std::transform(block.rows.begin(), block.rows.end(), rows.begin(),
                       [&](SparseRow row) { return first_items(row, part.shape().items); });
        auto const knows_all = std::all_of(block.users.begin(), block.users.end(),
                                           [&](Index user) { return part.knows_user(user); });
        scores.resize(rows.size() * width);
        part.score_block({block.users, rows, block.recalculate || !knows_all}, scores);
        for (std::size_t k = 0; k < rows.size(); ++k)
            add_part(p, std::span(scores).subspan(k * width, width), out.subspan(k * items, items));
    }
}

void HybridModel::add_part(std::size_t part, std::span<float const> scores,
                           std::span<float> out) const {
    // One product and one sum for each item, as score_items() does: the same bits.
    std::size_t begin = 0;
    for (auto const item : new_items_) {
        auto const at = static_cast<std::size_t>(item);
        if (at >= scores.size()) break;
        add_scaled(factor(part, false), scores.data() + begin, out.subspan(begin, at - begin));
        out[at] += factor(part, true) * scores[at];
        begin = at + 1;
    }
    add_scaled(factor(part, false), scores.data() + begin,
               out.subspan(begin, scores.size() - begin));
}

void HybridModel::score_items(Index userid, SparseRow row, bool recalculate,
                              std::span<Index const> items, std::span<float> out) const {
    std::fill(out.begin(), out.end(), 0.0F);
    std::vector<Index> known;
    std::vector<std::size_t> places;
    std::vector<float> scores;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        if (factor(p, false) == 0 && factor(p, true) == 0) continue;
        auto const& part = *parts_[p];
        known.clear();
        places.clear();
        for (std::size_t k = 0; k < items.size(); ++k) {
            if (items[k] >= part.shape().items) continue;
            known.push_back(items[k]);
            places.push_back(k);
        }
        scores.resize(known.size());
        part.score_items(userid, first_items(row, part.shape().items),
                         recalculate || !part.knows_user(userid), known, scores);
        for (std::size_t k = 0; k < known.size(); ++k)
            out[places[k]] += factor(p, is_new(known[k])) * scores[k];
    }
}

std::vector<Scored> HybridModel::similar_items(Index itemid, int n) const {
    check_similar(*this, "itemid", itemid, shape().items, n);
    Index const ids[] = {itemid};
    float const ones[] = {1.0F};
    Index const users[] = {0};
    SparseRow const rows[] = {{ids, ones}};
    std::vector<float> scores(static_cast<std::size_t>(shape().items));
    score_block({users, rows, true}, scores);
    scores[static_cast<std::size_t>(itemid)] = filtered_out;
    return top_n(scores, n);
}

Explanation HybridModel::explain(Index userid, SparseRow user_items, Index itemid, int n) const {
    check_explain(*this, userid, user_items, itemid, n);
    NormalRow const normal(user_items);
    auto rest = 0.0F;
    std::map<Index, float> sums;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        auto const& part = *parts_[p];
        auto const scale = factor(p, is_new(itemid));
        if (scale == 0 || itemid >= part.shape().items) continue;
        auto const why = part.explain(userid, first_items(normal.view(), part.shape().items),
                                      itemid, limits::recommend_n_max);
        rest += scale * unlisted(why);
        for (auto const& [item, score] : why.contributions)
            sums[item] += scale * score;
    }
    std::vector<Contribution> contributions;
    contributions.reserve(sums.size());
    for (auto const& [item, score] : sums)
        contributions.push_back({item, score});
    return explained(std::move(contributions), rest, n);
}

void HybridModel::forget_users() {
    for (auto const& part : parts_)
        part->forget_users();
}

void HybridModel::write_to(ArrayWriter& writer) const {
    writer.put("weights", weights_);
    writer.put("given_weights", options_.weights);
    writer.put("validation_fraction", options_.validation_fraction);
    writer.put("random_state", static_cast<std::int64_t>(options_.random_state));
    writer.put("factors", factors_);
    writer.put("factors_for_new", factors_for_new_);
    writer.put("new_items", new_items_);
    auto const prefix = writer.prefix();
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        writer.set_prefix(prefix + "part" + std::to_string(p) + '.');
        write_model(*parts_[p], writer);
    }
    writer.set_prefix(prefix);
}

std::unique_ptr<HybridModel> HybridModel::read_from(ArrayReader const& reader) {
    auto const weights = reader.doubles("weights");
    auto const count = static_cast<std::int64_t>(weights.size());
    if (weights.empty() || weights.size() > limits::hybrid_parts_max)
        fail(ErrorCode::data_loss, "weights", "shape");
    auto factors = reader.floats("factors", count);
    auto factors_for_new = reader.floats("factors_for_new", count);
    auto new_items = reader.int32s("new_items");
    auto const above = std::adjacent_find(new_items.begin(), new_items.end(),
                                          [](Index a, Index b) { return a >= b; });
    if (above != new_items.end() || (!new_items.empty() && new_items.front() < 0))
        fail(ErrorCode::data_loss, "new_items", "order");

    HybridOptions options;
    options.weights = reader.doubles("given_weights");
    options.validation_fraction = reader.number("validation_fraction");
    options.random_state = static_cast<std::uint64_t>(reader.integer("random_state"));
    Parts parts;
    for (std::size_t p = 0; p < weights.size(); ++p)
        parts.push_back(read_model(reader.within("part" + std::to_string(p) + '.')));
    auto model = std::make_unique<HybridModel>(std::move(parts), options);
    model->weights_ = weights;
    model->factors_ = std::move(factors);
    model->factors_for_new_ = std::move(factors_for_new);
    model->new_items_ = std::move(new_items);
    return model;
}

}  // namespace eduplat::recommender
