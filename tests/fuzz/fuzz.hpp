#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

/// What a fuzzer calls (LLVM, "libFuzzer"). Returns 0; anything thrown is a finding.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace eduplat::fuzz {

/// Inputs worth mutating, of the harness this is linked with.
std::span<std::string_view const> seeds();

inline std::string_view as_text(std::uint8_t const* data, std::size_t size) {
    return size == 0 ? std::string_view{}
                     : std::string_view{reinterpret_cast<char const*>(data), size};
}

/// Fails the run where something does not hold that should hold for every input.
inline void require(bool holds, char const* what) {
    if (!holds) throw std::logic_error(what);
}

}  // namespace eduplat::fuzz
