// replay [RUNS [SEED]]: stands in for a fuzzer where there is none. Runs a harness on its seeds, on
// mutations of them and on random bytes: the same inputs on every run, unless given another SEED.

#include "fuzz.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <string>
#include <vector>

namespace {

class Inputs {
  public:
    explicit Inputs(std::uint64_t seed) : random_(seed) {}

    std::string next() {
        auto const seeds = eduplat::fuzz::seeds();
        if (below(4) == 0) return random_bytes(below(300));
        auto input = std::string{seeds[below(seeds.size())]};
        for (auto edits = 1 + below(5); edits > 0; --edits)
            edit(input, seeds);
        return input;
    }

  private:
    // std::uniform_int_distribution may draw differently elsewhere; the slight bias does no harm.
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

    char any_character() {
        constexpr std::string_view likely = "0123456789-+.:TZzxAaEe_' \t\n\xcc\x81\xe5\xad\xa6";
        return below(2) == 0 ? likely[below(likely.size())] : static_cast<char>(below(256));
    }

    std::string random_bytes(std::size_t size) {
        std::string out;
        while (out.size() < size)
            out += static_cast<char>(below(256));
        return out;
    }

    void edit(std::string& input, std::span<std::string_view const> seeds) {
        auto const at = below(input.size() + 1);
        switch (below(6)) {
            case 0:
                input.insert(at, 1, any_character());
                break;
            case 1:
                input.erase(at, 1 + below(4));
                break;
            case 2:
                input.insert(at, seeds[below(seeds.size())]);
                break;
            case 3:
                input.insert(at, input.substr(below(input.size() + 1)));
                break;
            case 4:
                input = input.substr(0, at);
                break;
            default:
                if (at < input.size()) input[at] = any_character();
        }
    }

    std::mt19937_64 random_;
};

void run(std::string const& input) {
    // A copy of exactly this size, so that a read past its end is seen by a sanitizer.
    auto const bytes = std::vector<std::uint8_t>(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void report(std::string const& input, char const* what) {
    std::fprintf(stderr, "%s, given", what);
    for (auto const c : input)
        std::fprintf(stderr, " %02x", static_cast<unsigned char>(c));
    std::fprintf(stderr, "\n");
}

}  // namespace

int main(int argc, char** argv) {
    auto const runs = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20'000;
    auto const seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    std::string input;
    try {
        run(input);
        for (auto const text : eduplat::fuzz::seeds())
            run(input = text);
        auto inputs = Inputs{seed};
        for (auto i = runs; i > 0; --i)
            run(input = inputs.next());
    } catch (std::exception const& error) {
        report(input, error.what());
        return EXIT_FAILURE;
    }
    std::printf("%llu inputs\n", static_cast<unsigned long long>(runs));
    return EXIT_SUCCESS;
}
