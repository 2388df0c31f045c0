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
/// callable it was made from, so take it as a parameter and do not store it. A plain function may
/// be given as such or by a pointer, which is not null.
template <class Result, class... Args>
class FunctionRef<Result(Args...)> {
  public:
    template <detail::ReferableBy<FunctionRef, Result, Args...> Callable>
    FunctionRef(Callable&& callable) noexcept  // NOLINT(*-explicit-*): a parameter type
        : object_(address_of(callable)), call_(&call<std::remove_reference_t<Callable>>) {}

    Result operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

  private:
    template <class Callable>
    static void* address_of(Callable& callable) noexcept {
        if constexpr (std::is_function_v<Callable>) {
            return reinterpret_cast<void*>(&callable);  // as POSIX has it
        } else {
            return const_cast<void*>(static_cast<void const*>(std::addressof(callable)));
        }
    }

    template <class Callable>
    static Callable* callable_at(void* object) noexcept {
        if constexpr (std::is_function_v<Callable>) {
            return reinterpret_cast<Callable*>(object);
        } else {
            return static_cast<Callable*>(object);
        }
    }

    template <class Callable>
    static Result call(void* object, Args... args) {
        auto& callable = *callable_at<Callable>(object);
        if constexpr (std::is_void_v<Result>) {
            static_cast<void>(callable(std::forward<Args>(args)...));
        } else {
            return callable(std::forward<Args>(args)...);
        }
    }

    void* object_;
    Result (*call_)(void*, Args...);
};

}  // namespace eduplat
