// Says the level of the kernels, or how much memory a fit takes beyond its interactions:
//
//   level
//   memory USERS ITEMS PAIRS FACTORS THREADS

#include "recommender/seeded.hpp"

#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/kernels.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

using namespace eduplat::recommender;

namespace {

/// The most that was resident since it was last set back.
long peak_kib() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmHWM:", 0) == 0) return std::atol(line.c_str() + 6);
    }
    return 0;
}

Interactions some_pairs(Index users, Index items, int pairs) {
    InteractionsBuilder builder{Shape{users, items}};
    Seeded random{1};
    for (int i = 0; i < pairs; ++i) {
        builder.add(static_cast<Index>(random.below(static_cast<std::uint64_t>(users))),
                    static_cast<Index>(random.below(static_cast<std::uint64_t>(items))));
    }
    return std::move(builder).build();
}

void print_memory(char** arguments) {
    auto const user_items =
        some_pairs(std::atoi(arguments[0]), std::atoi(arguments[1]), std::atoi(arguments[2]));
    static_cast<void>(user_items.by_item());
    std::ofstream{"/proc/self/clear_refs"} << "5\n";  // sets the peak back to what is resident now
    auto const before = peak_kib();
    AlsModel model{{.factors = std::atoi(arguments[3]), .iterations = 1}};
    model.fit(user_items, {.num_threads = std::atoi(arguments[4])});
    auto const factors =
        (model.user_factors().size_bytes() + model.item_factors().size_bytes()) / 1024;
    std::printf("%zu %ld\n", factors, peak_kib() - before);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 7) {
        print_memory(argv + 2);
    } else {
        std::printf("%s\n", std::string{name(kernel_level())}.c_str());
    }
}
