#include "repositories/search_terms.hpp"

#include <eduplat/core/text.hpp>

#include <algorithm>
#include <cstddef>

namespace eduplat::repositories::search {
namespace {

using text::Token;
using text::TokenKind;

/// A run of characters in `tokens` is c0 c0c1 c1 c1c2 c2 ...: whether a character is the last one
/// of several.
bool ends_run(std::vector<Token> const& tokens, std::size_t i) {
    return i > 0 && tokens[i].kind == TokenKind::unigram && tokens[i - 1].kind == TokenKind::bigram;
}

/// Whether a pair of neighbors begins with the character.
bool begins_pair(std::vector<Token> const& tokens, std::size_t i) {
    return i + 1 < tokens.size() && tokens[i].kind == TokenKind::unigram &&
           tokens[i + 1].kind == TokenKind::bigram;
}

/// Words and runs of characters, each as its terms.
struct Phrase {
    std::vector<std::string> terms = {};
    bool is_prefix = false;
};

std::vector<Phrase> phrases(std::string_view text) {
    auto tokens = text::tokens(text);
    std::vector<Phrase> result;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (begins_pair(tokens, i)) {
            if (!ends_run(tokens, i)) result.emplace_back();
        } else if (tokens[i].kind == TokenKind::bigram) {
            result.back().terms.push_back(tokens[i].term);
        } else if (!ends_run(tokens, i)) {
            result.push_back({{tokens[i].term}, tokens[i].kind == TokenKind::unigram});
        }
    }
    return result;
}

}  // namespace

std::string segmented(std::string_view text) {
    auto const tokens = text::tokens(text);
    std::string result;
    result.reserve(text.size() + text.size() / 2);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (begins_pair(tokens, i)) continue;
        if (!result.empty()) result += ' ';
        result += tokens[i].term;
    }
    return result;
}

std::string match_expression(std::string_view text) {
    std::vector<std::string> parts;
    for (auto const& phrase : phrases(text)) {
        std::string part = "\"";
        for (auto const& term : phrase.terms) {
            if (part.size() > 1) part += ' ';
            part += term;
        }
        parts.push_back(part + (phrase.is_prefix ? "\"*" : "\""));
    }
    std::string expression;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto const here = parts.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::find(parts.begin(), here, *here) != here) continue;
        if (!expression.empty()) expression += ' ';
        expression += *here;
    }
    return expression;
}

std::vector<std::string> shown_terms(std::string_view text) {
    std::vector<std::string> terms;
    for (auto& phrase : phrases(text))
        terms.push_back(std::move(phrase.terms.front()));
    return terms;
}

}  // namespace eduplat::repositories::search
