#pragma once

#include <eduplat/ports/payment_gateway.hpp>
#include <eduplat/testing/fake_gateway.hpp>

#include <string>

namespace eduplat::test {

/// The host's side of a fake gateway that outlives the processes that use it: what was sent is
/// written to a file first, and told to the gateway of the next process again. What it makes of a
/// request follows from the request alone.
class LastingGateway {
  public:
    LastingGateway(testing::FakeGateway& gateway, std::string path);

    /// Tells the gateway all that was sent so far.
    void replay();
    HttpAnswer send(HttpRequest const& request);

  private:
    HttpAnswer tell(std::string const& url, std::string const& body);

    testing::FakeGateway& gateway_;
    std::string path_;
};

}  // namespace eduplat::test
