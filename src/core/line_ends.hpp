#pragma once

#include <string>

namespace eduplat {

/// `text` with CR LF turned into LF: web forms send the former (HTML, "form submission"), and a
/// text should be the same whichever way it came.
inline std::string with_line_feeds(std::string text) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        text[out++] = text[i];
    }
    text.resize(out);
    return text;
}

}  // namespace eduplat
