#include <eduplat/core/error.hpp>
#include <eduplat/storage/statement.hpp>

#include <algorithm>

namespace eduplat::storage {

Uid Statement::uid(int column) const {
    auto const stored = blob(column);
    Uid::Bytes bytes{};
    if (stored.size() != bytes.size()) {
        throw Error(ErrorCode::data_loss, "a uid is not 16 bytes long");
    }
    std::copy(stored.begin(), stored.end(), bytes.begin());
    return Uid{bytes};
}

}  // namespace eduplat::storage
