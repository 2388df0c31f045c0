#pragma once

#include <eduplat/core/time.hpp>
#include <eduplat/domain/actor.hpp>
#include <eduplat/domain/persona.hpp>
#include <eduplat/storage/storage.hpp>

/// The tables of personas and of the items of their lists.
namespace eduplat::repositories::personas {

/// An empty one, of version 0, if there is none.
[[nodiscard]] Persona find(storage::Connection& connection, UserId user);

/// Precondition: the user has none.
void insert(storage::Connection& connection, UserId user, Persona const& persona, Timestamp at);

/// Replaces the persona if its version is still `persona.version`, else returns false.
[[nodiscard]] bool save(storage::Connection& connection, UserId user, Persona const& persona,
                        Timestamp at);

}  // namespace eduplat::repositories::personas
