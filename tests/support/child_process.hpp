#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eduplat::test {

/// A program that a test has started. Its standard output comes through a pipe, line by line; its
/// standard input is a pipe too. If it still runs when this object ends, it is killed.
class ChildProcess {
  public:
    /// Starts `command[0]`, looked up in PATH, with the arguments that follow.
    explicit ChildProcess(std::vector<std::string> const& command);
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&&) = delete;
    ~ChildProcess();

    /// The next line it prints, without its end; nothing when it has closed its output.
    [[nodiscard]] std::optional<std::string> read_line();
    /// Everything it still prints.
    [[nodiscard]] std::vector<std::string> read_lines();
    /// Writes a line to its standard input.
    void send_line(std::string_view line);
    void close_input();

    void kill() noexcept;
    /// Waits for its end. Returns its exit status, or minus the signal that ended it.
    int wait();

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  private:
    bool fill_buffer();

    pid_t pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string buffer_;
};

/// Runs a program to its end and returns what it printed; fails the test if its exit status is not
/// 0.
std::string run_program(std::vector<std::string> const& command);

/// SHA-256 of a file, taken by another process: to open a school's file here, but through SQLite,
/// would drop this process's locks on it. Empty if there is no such file.
std::string file_digest(std::string const& path);

/// Writes bytes over a part of a file, or truncates it, in another process, for the same reason.
void overwrite_file(std::string const& path, std::int64_t offset, std::string_view bytes);
void truncate_file(std::string const& path, std::int64_t size);

/// Whether tests run at full length: EDUPLAT_TEST_FULL is set to 1.
[[nodiscard]] bool full_length();
/// A number from the environment.
[[nodiscard]] long environment_number(char const* name, long otherwise);

}  // namespace eduplat::test
