#pragma once
// Result<T>: a value or an Error, for every operation that can fail for reasons outside the
// program. Built on tl::expected, which lacks [[nodiscard]]; this wrapper adds it. Per-file parse
// trouble is data, not an Error. Broken invariants are CAIRN_CHECK (base/check.h).
// Thread-compatible value types.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace cairn {

enum class ErrorCode : std::uint16_t {
#define CAIRN_ERROR(name, text, exit_code, meaning) name,
#include "base/error_code.def"
#undef CAIRN_ERROR
};

/// Stable text name, e.g. "E_NOT_FOUND".
std::string_view error_code_name(ErrorCode code);
/// One line that says what the code means, as listed in docs/errors.md.
std::string_view error_code_meaning(ErrorCode code);
/// Process exit code of the CLI for this code (1, 2 or 3).
int error_exit_code(ErrorCode code);

/// What went wrong, where, and what to do. One owning pointer, so Result<T> stays small.
class Error {
 public:
  Error(ErrorCode code, std::string message, bool retryable = false)
      : body_(std::make_unique<Body>(Body{code, retryable, std::move(message)})) {}

  ErrorCode code() const { return body_->code; }
  bool retryable() const { return body_->retryable; }
  const std::string& message() const { return body_->message; }

  /// Prepends where it happened: "reading a/b.c: " + message. Returns *this to chain.
  Error&& in(std::string_view where) && {
    body_->message.insert(0, std::string(where) + ": ");
    return std::move(*this);
  }
  Error clone() const { return Error(body_->code, body_->message, body_->retryable); }
  /// "E_CODE: message".
  std::string to_string() const;

 private:
  struct Body {
    ErrorCode code;
    bool retryable;
    std::string message;
  };
  std::unique_ptr<Body> body_;
};

namespace result_detail {
/// Aborts, printing the error.
[[noreturn]] void value_of_error(const Error& error);
}  // namespace result_detail

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}

  /// The value. For tests and proven successes: an Error aborts with its text. tl::expected's own
  /// value() throws a copy of the error, which Error does not allow.
  T& value() & {
    if (!*this) result_detail::value_of_error(this->error());
    return **this;
  }
  const T& value() const& {
    if (!*this) result_detail::value_of_error(this->error());
    return **this;
  }
  T value() && {
    if (!*this) result_detail::value_of_error(this->error());
    return std::move(**this);
  }
};

template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
 public:
  using tl::expected<void, Error>::expected;
  Result() = default;
  Result(Error error) : tl::expected<void, Error>(tl::unexpect, std::move(error)) {}
};

/// The Error for an errno value: maps ENOSPC, EACCES, EROFS, ENOENT and so on to their codes.
/// `what` says what was attempted and on which path.
Error errno_error(int errno_value, std::string_view what);

}  // namespace cairn

#define CAIRN_CONCAT_INNER(a, b) a##b
#define CAIRN_CONCAT(a, b) CAIRN_CONCAT_INNER(a, b)
/// Returns the error of a Result<...> expression from the enclosing function, if it has one.
#define CAIRN_TRY(expr)                                    \
  do {                                                     \
    if (auto cairn_try_result = (expr); !cairn_try_result) \
      return std::move(cairn_try_result).error();          \
  } while (false)
/// CAIRN_ASSIGN(auto x, f()): x = the value, or returns the error.
#define CAIRN_ASSIGN(lhs, expr) CAIRN_ASSIGN_IMPL(lhs, expr, CAIRN_CONCAT(cairn_result_, __LINE__))
#define CAIRN_ASSIGN_IMPL(lhs, expr, tmp)  \
  auto tmp = (expr);                       \
  if (!tmp) return std::move(tmp).error(); \
  lhs = std::move(*tmp)
