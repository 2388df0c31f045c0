#include <eduplat/core/currency.hpp>
#include <eduplat/core/error.hpp>

namespace eduplat {

Currency Currency::from_code(std::string_view code) {
    auto const index = find(code);
    if (index == table().size()) fail(ErrorCode::invalid_argument, "currency", "unknown");
    return Currency{index};
}

}  // namespace eduplat
