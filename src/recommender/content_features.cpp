#include "recommender/content_features.hpp"

#include "recommender/arrays.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/core/text.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

namespace eduplat::recommender {
namespace {

enum class BlockKind : std::uint8_t { text, tag, teacher, concepts };
constexpr std::size_t block_kinds = 4;
constexpr unsigned hash_bits_of_kind = 2;

/// Terms are known by 64 bits of their hash, the block in the lowest two: FNV-1a, then mixed.
std::uint64_t hash_of(BlockKind kind, std::string_view term) noexcept {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325U;
    for (auto const c : term)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3U;
    hash = (hash ^ hash >> 32U) * 0xd6e8'feb8'6659'fd93U;
    return (hash ^ hash >> 32U) << hash_bits_of_kind | static_cast<std::uint64_t>(kind);
}

std::size_t kind_of(std::uint64_t hash) noexcept {
    return hash % block_kinds;
}

struct Counted {
    std::uint64_t hash;
    float count;
};

/// The terms of one profile, ascending, each once.
std::vector<Counted> counted_terms(ItemProfile const& profile) {
    std::vector<std::uint64_t> hashes;
    for (auto const& token : text::tokens(profile.text))
        hashes.push_back(hash_of(BlockKind::text, token.term));
    for (auto const& tag : profile.tags)
        hashes.push_back(hash_of(BlockKind::tag, tag));
    for (auto const& teacher : profile.teachers)
        hashes.push_back(hash_of(BlockKind::teacher, teacher));
    for (auto const& name : profile.concepts)
        hashes.push_back(hash_of(BlockKind::concepts, name));
    std::sort(hashes.begin(), hashes.end());
    std::vector<Counted> result;
    for (auto const hash : hashes) {
        if (result.empty() || result.back().hash != hash) result.push_back({hash, 0});
        result.back().count += 1;
    }
    return result;
}

std::array<float, block_kinds> roots_of_weights(ContentOptions const& options) {
    auto const root = [](double weight) { return static_cast<float>(std::sqrt(weight)); };
    return {1.0F, root(options.tag_weight), root(options.teacher_weight),
            root(options.concept_weight)};
}

/// Weighs counted terms. What `terms` does not hold is left out.
std::vector<Feature> weighted(std::vector<Counted> const& counted,
                              std::span<std::uint64_t const> terms, std::span<float const> rarities,
                              ContentOptions const& options) {
    std::array<float, block_kinds> scales = {};
    std::vector<Feature> result;
    for (auto const& [hash, count] : counted) {
        auto const at = std::lower_bound(terms.begin(), terms.end(), hash);
        if (at == terms.end() || *at != hash) continue;
        auto const term = at - terms.begin();
        auto const weight = (1 + std::log(count)) * rarities[static_cast<std::size_t>(term)];
        scales[kind_of(hash)] += weight * weight;
        result.push_back({static_cast<Index>(term), weight});
    }
    auto const roots = roots_of_weights(options);
    for (std::size_t kind = 0; kind < block_kinds; ++kind)
        scales[kind] = scales[kind] > 0 ? roots[kind] / std::sqrt(scales[kind]) : 0.0F;
    for (auto& [term, weight] : result)
        weight *= scales[kind_of(terms[static_cast<std::size_t>(term)])];
    return result;
}

}  // namespace

ContentFeatures::ContentFeatures(std::span<ItemProfile const> profiles,
                                 ContentOptions const& options)
    : options_(options) {
    std::vector<std::vector<Counted>> counted;
    for (auto const& profile : profiles)
        counted.push_back(counted_terms(profile));

    std::vector<std::uint64_t> all;
    for (auto const& terms : counted) {
        for (auto const& term : terms)
            all.push_back(term.hash);
    }
    std::sort(all.begin(), all.end());
    auto const items = static_cast<float>(profiles.size());
    for (auto begin = all.begin(); begin != all.end();) {
        auto const end = std::upper_bound(begin, all.end(), *begin);
        terms_.push_back(*begin);
        rarities_.push_back(1 + std::log((1 + items) / (1 + static_cast<float>(end - begin))));
        begin = end;
    }

    offsets_.push_back(0);
    for (auto const& terms : counted) {
        auto const features = weighted(terms, terms_, rarities_, options_);
        features_.insert(features_.end(), features.begin(), features.end());
        offsets_.push_back(static_cast<std::int64_t>(features_.size()));
    }
    index();
}

void ContentFeatures::index() {
    posting_offsets_.assign(terms_.size() + 1, 0);
    for (auto const& feature : features_)
        ++posting_offsets_[static_cast<std::size_t>(feature.term) + 1];
    for (std::size_t i = 1; i < posting_offsets_.size(); ++i)
        posting_offsets_[i] += posting_offsets_[i - 1];
    auto next = posting_offsets_;
    postings_.resize(features_.size());
    for (Index item = 0; item < items(); ++item) {
        for (auto const& [term, weight] : of_item(item)) {
            auto const place = next[static_cast<std::size_t>(term)]++;
            postings_[static_cast<std::size_t>(place)] = {item, weight};
        }
    }
}

std::vector<Feature> ContentFeatures::of(ItemProfile const& profile) const {
    return weighted(counted_terms(profile), terms_, rarities_, options_);
}

std::span<Feature const> ContentFeatures::of_item(Index item) const noexcept {
    auto const begin = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(item)]);
    auto const end = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(item) + 1]);
    return std::span(features_).subspan(begin, end - begin);
}

void ContentFeatures::add_similarities(std::span<Feature const> features, float factor,
                                       std::span<float> out) const {
    for (auto const& [term, weight] : features) {
        auto const scaled = factor * weight;
        auto const begin = posting_offsets_[static_cast<std::size_t>(term)];
        auto const end = posting_offsets_[static_cast<std::size_t>(term) + 1];
        for (auto k = begin; k < end; ++k) {
            auto const& [item, other] = postings_[static_cast<std::size_t>(k)];
            out[static_cast<std::size_t>(item)] += scaled * other;
        }
    }
}

void ContentFeatures::write_to(ArrayWriter& writer) const {
    writer.put("tag_weight", options_.tag_weight);
    writer.put("teacher_weight", options_.teacher_weight);
    writer.put("concept_weight", options_.concept_weight);
    std::vector<std::int64_t> terms;
    for (auto const hash : terms_)
        terms.push_back(static_cast<std::int64_t>(hash));
    std::vector<Index> feature_terms;
    std::vector<float> feature_weights;
    for (auto const& [term, weight] : features_) {
        feature_terms.push_back(term);
        feature_weights.push_back(weight);
    }
    writer.put("terms", terms);
    writer.put("term_rarities", rarities_);
    writer.put("feature_offsets", offsets_);
    writer.put("feature_terms", feature_terms);
    writer.put("feature_weights", feature_weights);
}

void ContentFeatures::read_from(ArrayReader const& reader) {
    options_.tag_weight = reader.number("tag_weight");
    options_.teacher_weight = reader.number("teacher_weight");
    options_.concept_weight = reader.number("concept_weight");
    terms_.clear();
    for (auto const hash : reader.int64s("terms"))
        terms_.push_back(static_cast<std::uint64_t>(hash));
    if (!std::is_sorted(terms_.begin(), terms_.end())) fail(ErrorCode::data_loss, "terms", "order");
    rarities_ = reader.floats("term_rarities", static_cast<std::int64_t>(terms_.size()));
    offsets_ = reader.int64s("feature_offsets");
    auto const feature_terms = reader.int32s("feature_terms");
    auto const count = static_cast<std::int64_t>(feature_terms.size());
    auto const weights = reader.floats("feature_weights", count);
    if (offsets_.empty() || offsets_.front() != 0 || offsets_.back() != count ||
        !std::is_sorted(offsets_.begin(), offsets_.end()))
        fail(ErrorCode::data_loss, "feature_offsets", "malformed");
    features_.clear();
    for (std::size_t i = 0; i < feature_terms.size(); ++i) {
        if (feature_terms[i] < 0 || static_cast<std::size_t>(feature_terms[i]) >= terms_.size())
            fail(ErrorCode::data_loss, "feature_terms", "out_of_range");
        features_.push_back({feature_terms[i], weights[i]});
    }
    index();
}

}  // namespace eduplat::recommender
