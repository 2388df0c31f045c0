#pragma once

#include <eduplat/analytics/table.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What may go to a third party.
namespace eduplat::exporting {

/// Names that say nothing and are the same for the same learner, as long as the key is: BLAKE2b
/// (RFC 7693) of the text with the key, 128 bits in 32 hexadecimal digits. Without the key nobody
/// can tell whose a name is, nor try ids out. A key for each receiver keeps receivers from putting
/// their data together; a lost key makes pseudonyms anonymous for good.
/// Thread safety: const members may be called from several threads.
class Pseudonyms final {
  public:
    using Key = std::array<std::byte, 32>;  ///< secret and random: Random makes one

    explicit Pseudonyms(Key const& key);
    ~Pseudonyms();  // wipes the key
    Pseudonyms(Pseudonyms const&) = default;
    Pseudonyms& operator=(Pseudonyms const&) = default;

    [[nodiscard]] std::string of(std::string_view text) const;
    [[nodiscard]] std::string of(std::int64_t id) const;  ///< of the number's decimal digits

  private:
    Key key_;
};

/// The table with pseudonyms in a column of integers or texts. Absent stays absent. Rows come in
/// the order of the pseudonyms, absent ones first, since the old one might tell whose they are:
/// that of ids, for one. The rows of one pseudonym keep theirs. Errors: invalid_argument (field
/// "column", rules "unknown", "type": of reals or times).
[[nodiscard]] analytics::Table pseudonymize(analytics::Table table, std::string_view column,
                                            Pseudonyms const& pseudonyms);

/// Numbers become the lower end of their band: the highest multiple of `width` up to the value.
struct Band {
    double width;  ///< above 0; whole for integers
};

/// Times become the begin of their period in UTC; weeks begin on Mondays (ISO 8601).
enum class Period : std::uint8_t { day, week, month, year };

/// All values become absent, and nothing is left in their places.
struct Hidden {};

using Generalization = std::variant<Band, Period, Hidden>;

/// A column by which an outsider who knows a learner might find the learner's rows.
struct QuasiIdentifier {
    std::string column;
    /// From fine to coarse; the values as they are come before the first.
    std::vector<Generalization> steps = {};
};

struct AnonymityOptions {
    std::string learner;  ///< the column that tells learners apart
    std::vector<QuasiIdentifier> quasi_identifiers = {};
    int k = 5;                        ///< 2 to limits::anonymity_k_max
    double suppressed_share_max = 0;  ///< of the rows, 0 to 1, that may be left out
    /// Leaves the column of learners in the table, which then may hold one row of each at most.
    bool keep_learner = false;
};

struct AnonymousTable {
    analytics::Table table;
    std::vector<std::size_t> steps;  ///< by quasi-identifier: how many were taken; 0: as it was
    std::size_t groups;              ///< of rows that are equal in all quasi-identifiers
    std::size_t smallest_group;      ///< its learners: k or more; 0 in an empty table
    std::size_t rows_suppressed;
};

/// A table in which every row is one of a group, equal in all quasi-identifiers, of k learners or
/// more (k-anonymity; Sweeney 2002), by generalizing whole columns and then leaving out the rows of
/// groups that are still too small. Of all combinations of steps one with the fewest steps
/// altogether is taken that does (Samarati 2001), among these the one that leaves out the fewest
/// rows. The same table gives the same answer.
///
/// A learner counts once in a group, however many rows it has there. Absent values are equal to
/// each other. The column of learners is left out, since it would tie a learner's groups together,
/// and so is the chart if it names that column. Rows come in the order of their values, which tells
/// nothing. An empty table stays empty.
///
/// k-anonymity does not keep secret what all k of a group have in common: columns that are no
/// quasi-identifiers should not be worth finding out, or be left out.
///
/// Errors: failed_precondition (field "k", rule "not_k_anonymous", limit: the number of learners
/// in the smallest group after all steps; the message tells the smallest groups) if no combination
/// does, and always if the table has fewer than k learners (limit: so many); failed_precondition
/// (field "learner", rule "not_unique": keep_learner, and a learner has two rows).
/// invalid_argument: "k" ("too_small", "too_large"), "suppressed_share_max" ("out_of_range"),
/// "learner" ("unknown"; "required": absent in a row; "type": of reals or times),
/// "quasi_identifiers" ("required"; "too_many": more than
/// limits::anonymity_combinations_max combinations),
/// "quasi_identifiers[0].column" ("unknown", "duplicate", "learner"),
/// "quasi_identifiers[0].steps[0]" ("type": a band of texts ...; "malformed": a width).
[[nodiscard]] AnonymousTable k_anonymize(analytics::Table table, AnonymityOptions const& options);

}  // namespace eduplat::exporting
