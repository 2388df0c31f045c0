#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

/// A field of CSV: none where nothing stands, not even quotes.
using CsvField = std::optional<std::string>;
using CsvRow = std::vector<CsvField>;

/// Reads RFC 4180 to the letter: what is not in its grammar throws.
class CsvReader final {
  public:
    CsvReader(std::string_view text, char delimiter, std::string_view line_end)
        : rest_(text), delimiter_(delimiter), line_end_(line_end) {}

    [[nodiscard]] std::vector<CsvRow> rows() {
        std::vector<CsvRow> result;
        while (!rest_.empty())
            result.push_back(row());
        return result;
    }

  private:
    CsvRow row() {
        CsvRow fields{field()};
        while (!take(line_end_)) {
            if (!take({&delimiter_, 1})) throw std::runtime_error{"text after a field"};
            fields.push_back(field());
        }
        return fields;
    }

    CsvField field() {
        if (take("\"")) return quoted();
        std::string text;
        while (!rest_.empty() && rest_.front() != delimiter_ && !begins(line_end_)) {
            auto const c = rest_.front();
            if (c == '"' || c == '\r' || c == '\n') throw std::runtime_error{"not quoted"};
            text += c;
            rest_.remove_prefix(1);
        }
        return text.empty() ? std::nullopt : CsvField{text};
    }

    std::string quoted() {
        std::string text;
        while (true) {
            if (rest_.empty()) throw std::runtime_error{"a quote is open"};
            if (take("\"\"")) {
                text += '"';
            } else if (take("\"")) {
                return text;
            } else {
                text += rest_.front();
                rest_.remove_prefix(1);
            }
        }
    }

    [[nodiscard]] bool begins(std::string_view with) const {
        return rest_.substr(0, with.size()) == with;
    }
    bool take(std::string_view wanted) {
        if (!begins(wanted)) return false;
        rest_.remove_prefix(wanted.size());
        return true;
    }

    std::string_view rest_;
    char delimiter_;
    std::string_view line_end_;
};

inline std::vector<CsvRow> read_csv(std::string_view text, char delimiter = ',',
                                    std::string_view line_end = "\r\n") {
    return CsvReader{text, delimiter, line_end}.rows();
}

}  // namespace eduplat::test
