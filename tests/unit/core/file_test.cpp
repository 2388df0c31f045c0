#include "core/file.hpp"

#include <fcntl.h>
#include <support/catch.hpp>
#include <support/temp_dir.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace eduplat;
using namespace eduplat::test;

namespace {

std::string text_of(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void put(std::string const& path, std::string const& text) {
    std::ofstream{path, std::ios::binary} << text;
}

std::set<std::string> names_in(TempDir const& dir) {
    std::set<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator{dir.path()})
        names.insert(entry.path().filename().string());
    return names;
}

bool write(UnfinishedFile& file, std::string const& text) {
    return file.write(std::as_bytes(std::span{text}));
}

mode_t permissions_of(std::string const& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("a descriptor is closed once, and not left to a program that is started", "[file]") {
    TempDir const dir;
    put(dir.file("a"), "text");
    int number = -1;
    {
        Descriptor const file{dir.file("a"), O_RDONLY};
        REQUIRE(file.ok());
        number = file.get();
        CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK(::fcntl(number, F_GETFD) == -1);

    Descriptor file{dir.file("a"), O_RDONLY};
    CHECK(file.close());
    CHECK_FALSE(file.ok());
    CHECK(file.close());
}

TEST_CASE("a descriptor that cannot be opened says why", "[file]") {
    TempDir const dir;
    Descriptor file{dir.file("none"), O_RDONLY};
    CHECK(errno == ENOENT);
    CHECK_FALSE(file.ok());
    CHECK(file.close());
}

TEST_CASE("a file takes its name when it is whole", "[file]") {
    TempDir const dir;
    put(dir.file("a"), "old");
    UnfinishedFile file{dir.file("a"), 0600};
    REQUIRE(file.ok());
    CHECK(write(file, "new "));
    CHECK(write(file, ""));
    CHECK(write(file, "text"));
    CHECK(file.sync());
    CHECK(file.close());
    CHECK(text_of(dir.file("a")) == "old");
    CHECK(file.take_name());
    CHECK(text_of(dir.file("a")) == "new text");
    CHECK(names_in(dir) == std::set<std::string>{"a"});
    CHECK(permissions_of(dir.file("a")) == 0600);
}

TEST_CASE("a file that took its name stays, and one that did not goes", "[file]") {
    TempDir const dir;
    {
        UnfinishedFile kept{dir.file("kept"), 0600};
        CHECK(write(kept, "text"));
        CHECK(kept.take_name());
        UnfinishedFile dropped{dir.file("dropped"), 0600};
        CHECK(write(dropped, "text"));
        auto const prefix = "dropped" + std::string{UnfinishedFile::mark};
        auto const name = *names_in(dir).begin();
        CHECK(name.starts_with(prefix));
        CHECK(name.find_first_not_of("0123456789", prefix.size()) == std::string::npos);
        CHECK(name.size() > prefix.size());
    }
    CHECK(names_in(dir) == std::set<std::string>{"kept"});
    CHECK(text_of(dir.file("kept")) == "text");
}

TEST_CASE("two files that will have one name are two until they have it", "[file]") {
    TempDir const dir;
    UnfinishedFile first{dir.file("a"), 0600};
    UnfinishedFile second{dir.file("a"), 0600};
    CHECK(write(first, "first"));
    CHECK(write(second, "second"));
    CHECK(second.take_name());
    CHECK(first.take_name());
    CHECK(text_of(dir.file("a")) == "first");
}

TEST_CASE("a file that cannot be made, written or named says why", "[file]") {
    TempDir const dir;
    UnfinishedFile nowhere{dir.file("none/a"), 0600};
    CHECK(errno == ENOENT);
    CHECK_FALSE(nowhere.ok());
    CHECK_FALSE(write(nowhere, "text"));
    CHECK(errno == EBADF);
    CHECK_FALSE(nowhere.sync());

    std::filesystem::create_directories(dir.file("folder/full"));
    UnfinishedFile file{dir.file("folder"), 0600};
    REQUIRE(file.ok());
    CHECK_FALSE(file.take_name());
    CHECK(errno == EISDIR);
    CHECK(names_in(dir).size() == 2);  // until it ends
}
