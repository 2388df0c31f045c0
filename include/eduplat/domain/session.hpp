#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/domain/actor.hpp>

#include <string>

namespace eduplat {

/// A signed-in device. The token that proves it is shown once and stored only as a hash.
struct Session {
    SessionId id;
    Uid uid;
    UserId user;
    std::string label;  ///< what its owner knows it by: a browser, a phone
    Timestamp created_at;
    Timestamp last_seen_at;  ///< to the minute
    Timestamp expires_at;    ///< moved forward by use, up to an absolute end

    friend bool operator==(Session const&, Session const&) = default;
};

/// An account at a host's own sign-in system.
struct Identity {
    std::string issuer;   ///< the system: for OpenID Connect, its issuer address
    std::string subject;  ///< the account's name there, compared to the byte
    UserId user;
    Timestamp linked_at;

    friend bool operator==(Identity const&, Identity const&) = default;
};

}  // namespace eduplat
