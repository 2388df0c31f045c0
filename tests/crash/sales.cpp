#include "sales.hpp"

#include <array>
#include <fstream>
#include <functional>

namespace eduplat::test {
namespace {

using testing::FakeOutcome;

/// FNV-1a: the same in every process.
std::uint64_t hash(std::string const& text) {
    std::uint64_t value = 14695981039346656037U;
    for (char const c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return value;
}

/// Most are approved; some are declined or never arrive, and of some the answer gets lost.
FakeOutcome outcome_of(std::string const& body) {
    constexpr std::array outcomes{FakeOutcome::approve, FakeOutcome::approve, FakeOutcome::approve,
                                  FakeOutcome::time_out_after, FakeOutcome::decline};
    return outcomes.at(hash(body) % outcomes.size());
}

}  // namespace

LastingGateway::LastingGateway(testing::FakeGateway& gateway, std::string path)
    : gateway_(gateway), path_(std::move(path)) {}

void LastingGateway::replay() {
    std::ifstream sent{path_};
    std::string url;
    std::string body;
    // A last line that was cut off was not sent.
    while (std::getline(sent, url, ' ') && std::getline(sent, body, '\n') && !sent.eof())
        static_cast<void>(tell(url, body));
}

HttpAnswer LastingGateway::send(HttpRequest const& request) {
    std::ofstream sent{path_, std::ios::app};
    sent << request.url + ' ' + request.body + '\n' << std::flush;
    return tell(request.url, request.body);
}

HttpAnswer LastingGateway::tell(std::string const& url, std::string const& body) {
    gateway_.script({outcome_of(body)});
    gateway_.script_refunds({outcome_of(body)});
    return gateway_.send({.url = url, .body = body});
}

}  // namespace eduplat::test
