#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace eduplat {
namespace detail {

template <class Callable, class Reference, class Result, class... Args>
concept ReferableBy = !std::is_same_v<std::remove_cvref_t<Callable>, Reference> &&
                      std::is_invocable_r_v<Result, Callable&, Args...>;

}  // namespace detail

template <class Signature>
class FunctionRef;

/// A non-owning reference to something callable: two words, no allocation. It must not outlive the
/// callable it was made from, so take it as a parameter and do not store it.
template <class Result, class... Args>
class FunctionRef<Result(Args...)> {
  public:
    template <detail::ReferableBy<FunctionRef, Result, Args...> Callable>
    FunctionRef(Callable&& callable) noexcept  // NOLINT(*-explicit-*): a parameter type
        : object_(const_cast<void*>(static_cast<void const*>(std::addressof(callable)))),
          call_([](void* object, Args... args) -> Result {
              return (*static_cast<std::remove_reference_t<Callable>*>(object))(
                  std::forward<Args>(args)...);
          }) {}

    Result operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

  private:
    void* object_;
    Result (*call_)(void*, Args...);
};

}  // namespace eduplat
