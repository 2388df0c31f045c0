#include "support/child_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

extern char** environ;  // NOLINT: POSIX asks for this declaration

namespace eduplat::test {
namespace {

struct Pipe {
    int read = -1;
    int write = -1;
};

// Close-on-exec, so that one child does not hold another's pipe open.
Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error{errno, std::generic_category(), "pipe2"};
    }
    return {ends[0], ends[1]};
}

void close_end(int& end) noexcept {
    if (end >= 0) ::close(std::exchange(end, -1));
}

pid_t spawn(std::vector<std::string> const& command, int input, int output) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    std::vector<char*> arguments;
    for (auto const& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    int const failed =
        ::posix_spawnp(&pid, command.front().c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::system_error{failed, std::generic_category(), command.front()};
    return pid;
}

std::string shell_quoted(std::string_view text) {
    std::string quoted = "'";
    for (char const c : text) {
        if (c == '\'') {
            quoted += "'\\''";
        } else {
            quoted += c;
        }
    }
    return quoted + "'";
}

std::string octal_escapes(std::string_view bytes) {
    std::string escaped;
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        escaped += '\\';
        escaped += static_cast<char>('0' + (byte >> 6U));
        escaped += static_cast<char>('0' + ((byte >> 3U) & 7U));
        escaped += static_cast<char>('0' + (byte & 7U));
    }
    return escaped;
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> const& command) {
    auto to_child = make_pipe();
    auto from_child = make_pipe();
    pid_ = spawn(command, to_child.read, from_child.write);
    close_end(to_child.read);
    close_end(from_child.write);
    input_ = to_child.write;
    output_ = from_child.read;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      input_(std::exchange(other.input_, -1)),
      output_(std::exchange(other.output_, -1)),
      buffer_(std::move(other.buffer_)) {}

ChildProcess::~ChildProcess() {
    kill();
    if (pid_ > 0) wait();
    close_end(input_);
    close_end(output_);
}

bool ChildProcess::fill_buffer() {
    std::array<char, 4096> chunk{};
    ssize_t count = 0;
    do {
        count = ::read(output_, chunk.data(), chunk.size());
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
    return true;
}

// A line cut off by a kill does not count: it has no end.
std::optional<std::string> ChildProcess::read_line() {
    while (true) {
        if (auto const end = buffer_.find('\n'); end != std::string::npos) {
            auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        if (!fill_buffer()) return std::nullopt;
    }
}

std::vector<std::string> ChildProcess::read_lines() {
    std::vector<std::string> lines;
    while (auto line = read_line())
        lines.push_back(std::move(*line));
    return lines;
}

void ChildProcess::send_line(std::string_view line) {
    auto const text = std::string{line} + '\n';
    std::size_t sent = 0;
    while (sent < text.size()) {
        auto const count = ::write(input_, text.data() + sent, text.size() - sent);
        if (count < 0) throw std::system_error{errno, std::generic_category(), "write to child"};
        sent += static_cast<std::size_t>(count);
    }
}

void ChildProcess::close_input() {
    close_end(input_);
}

void ChildProcess::kill() noexcept {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
}

int ChildProcess::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

std::string run_program(std::vector<std::string> const& command) {
    ChildProcess child{command};
    child.close_input();
    std::string printed;
    for (auto const& line : child.read_lines())
        printed += line + '\n';
    if (int const status = child.wait(); status != 0) {
        throw std::runtime_error{command.front() + " ended with " + std::to_string(status)};
    }
    return printed;
}

std::string file_digest(std::string const& path) {
    if (!std::filesystem::exists(path)) return {};
    return run_program({"sha256sum", "--", path}).substr(0, 64);
}

void overwrite_file(std::string const& path, std::int64_t offset, std::string_view bytes) {
    run_program({"sh", "-c",
                 "printf '" + octal_escapes(bytes) + "' | dd of=" + shell_quoted(path) +
                     " bs=1 conv=notrunc status=none seek=" + std::to_string(offset)});
}

void truncate_file(std::string const& path, std::int64_t size) {
    run_program({"truncate", "-s", std::to_string(size), "--", path});
}

bool full_length() {
    return environment_number("EDUPLAT_TEST_FULL", 0) != 0;
}

long environment_number(char const* name, long otherwise) {
    char const* const text = std::getenv(name);
    return text == nullptr || *text == '\0' ? otherwise : std::strtol(text, nullptr, 10);
}

}  // namespace eduplat::test
