#pragma once

#include <zlib.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace eduplat::test {

inline void write_file(std::string const& path, std::string_view text) {
    std::ofstream out{path, std::ios::binary};
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

inline void write_gz(std::string const& path, std::string_view text) {
    auto* const file = gzopen(path.c_str(), "wb");
    auto const size = static_cast<unsigned>(text.size());
    auto const written = gzwrite(file, text.data(), size);
    auto const closed = gzclose(file) == Z_OK;
    if (written != static_cast<int>(size) || !closed) {
        throw std::runtime_error("cannot write " + path);
    }
}

}  // namespace eduplat::test
