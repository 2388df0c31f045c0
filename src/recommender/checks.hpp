#pragma once

#include <eduplat/core/validation.hpp>
#include <eduplat/recommender/model.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

/// What all models check alike: see the contracts of Model.
namespace eduplat::recommender {

/// Throws failed_precondition unless the model has items.
void check_fitted(Model const& model);

/// Throws invalid_argument if there is nothing to be fitted to, or the threads are too many.
void check_fit(Interactions const& user_items, FitControl const& control);
void check_threads(Validation& validation, int num_threads);

void check_n(Validation& validation, int n);
/// That an id is one of `end`.
void check_id(Validation& validation, std::string_view field, Index id, Index end);
/// The first id that is none of `end`.
void check_ids(Validation& validation, std::string_view field, std::span<Index const> ids,
               Index end);
void check_row(Validation& validation, std::string_view field, SparseRow row, Index columns);
/// Whether all rows lie within the ids.
[[nodiscard]] bool is_well_formed(CsrView rows) noexcept;
/// check_row() of all rows at once, of which there are to be `count`.
void check_rows(Validation& validation, std::string_view field, std::size_t count, CsrView rows,
                Index columns);

/// What models ask of a row: ids ascend, each once, and weights are above 0.
[[nodiscard]] bool is_normal(SparseRow row) noexcept;

/// A row as models take it, whatever was given: weights of one id are summed, at most to
/// limits::recommender_weight_max, and those of 0 left out. A row that is so already is not copied:
/// it is to outlive this.
class NormalRow {
  public:
    explicit NormalRow(SparseRow row);
    NormalRow(NormalRow const&) = delete;
    NormalRow& operator=(NormalRow const&) = delete;
    ~NormalRow() = default;

    [[nodiscard]] SparseRow view() const noexcept { return view_; }

  private:
    std::vector<Index> ids_;
    std::vector<float> weights_;
    SparseRow view_;
};

/// What similar_items() and similar_users() check: an id of `end`.
void check_similar(Model const& model, std::string_view field, Index id, Index end, int n);
void check_explain(Model const& model, Index userid, SparseRow user_items, Index itemid, int n);

/// Throws `canceled` if the caller wants no more.
void report(FitControl const& control, std::string_view stage, int step, int steps);

}  // namespace eduplat::recommender
