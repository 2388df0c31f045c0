#pragma once

#include "services/tokens.hpp"

#include <eduplat/core/time.hpp>
#include <eduplat/services/learning_types.hpp>
#include <eduplat/storage/storage.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Batches of learning events, as they come in and as they are known again.
namespace eduplat {

/// A batch that is well-formed as far as can be told without the school's data.
struct CheckedBatch {
    std::string key;
    std::vector<Reported> events;
    TokenHash digest;  ///< of all events
};

/// Errors: invalid_argument, as Learning::record says.
[[nodiscard]] CheckedBatch check_batch(EventBatch const& batch, Timestamp now);

/// The key of a batch or an import, normalized.
[[nodiscard]] std::string check_batch_key(std::string_view key);

/// "events[3].lecture"
[[nodiscard]] std::string event_field(std::size_t event, std::string_view field);

/// What is kept of an answer, to give it again. Certificates are kept by id.
[[nodiscard]] std::vector<std::byte> encode_answer(Recorded const& recorded);
[[nodiscard]] Recorded decode_answer(storage::Connection& connection,
                                     std::span<std::byte const> bytes);

}  // namespace eduplat
