// What the cases of sqlite_*_test.cpp need done in another process: an older school held open, a
// school watched by somebody who may not write its folder.
#include "storage_contract/engines.hpp"
#include "storage_contract/synthetic_chain.hpp"

#include <storage/sqlite/open.hpp>
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

using namespace eduplat;
using namespace eduplat::test;

namespace {

using Arguments = std::vector<std::string>;

// hold-version PATH VERSION: opens a school of the synthetic chain until its input ends.
int hold_version(Arguments const& arguments) {
    auto const version = std::stoul(arguments.at(3));
    auto const school =
        storage::open_school({.path = arguments.at(2)}, synthetic_chain().first(version));
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
    }
    return 0;
}

// watch PATH: opens for reading as a user who is not root, and for each line tells the items.
int watch(Arguments const& arguments) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 2;
    std::unique_ptr<storage::Storage> school;
    std::cout << outcome([&] {
        school = storage::open_sqlite({.path = arguments.at(2), .read_only = true});
    }) << std::endl;
    for (std::string line; school && std::getline(std::cin, line);) {
        std::cout << outcome([&] { line = item_names(*school); });
        std::cout << ' ' << line << std::endl;
    }
    return 0;
}

}  // namespace

int main(int count, char** values) {
    Arguments const arguments(values, values + count);
    auto const& command = arguments.at(1);
    if (command == "hold-version") return hold_version(arguments);
    if (command == "watch") return watch(arguments);
    return 1;
}
