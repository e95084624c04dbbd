// Errors as values: the library is built without exceptions.
//
// Functions that set something up return Status or StatusOr<T>. Real-time functions (Process,
// Decode …) return a count ≥ 0 or a negative StatusCode instead, so that a result crosses the
// WebAssembly boundary as one integer. Messages are string literals: nothing is allocated to report
// an error.
#pragma once

#include <optional>
#include <utility>

namespace earshot {

/// Outcome of an operation. The values are part of the WebAssembly ABI: never renumber them.
enum class StatusCode : int {
  kOk = 0,
  kInvalidArgument = -1,     ///< An argument is outside its documented range.
  kUnsupported = -2,         ///< The combination is valid but not provided by this build.
  kCorruptData = -3,         ///< Input from a file or the network does not follow its format.
  kBufferTooSmall = -4,      ///< The caller's buffer cannot hold the result.
  kFailedPrecondition = -5,  ///< The object is not in a state that allows the call.
  kInternal = -6,            ///< A library below reported an error of its own.
};

/// The negative integer a real-time function returns for `code`.
constexpr int ToInt(StatusCode code) { return static_cast<int>(code); }

/// A code and, for errors, a literal that says what to do. Trivially copyable.
class [[nodiscard]] Status {
 public:
  constexpr Status() = default;
  constexpr Status(StatusCode code, const char* message) : code_(code), message_(message) {}

  constexpr bool ok() const { return code_ == StatusCode::kOk; }
  constexpr StatusCode code() const { return code_; }
  /// Never null; empty when ok.
  constexpr const char* message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  const char* message_ = "";
};

/// Either a value or the Status that says why there is none.
template <typename T>
class [[nodiscard]] StatusOr {
 public:
  StatusOr(Status status) : status_(status) {}     // NOLINT(google-explicit-constructor)
  StatusOr(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  /// Require ok().
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return *std::move(value_); }

 private:
  Status status_;
  std::optional<T> value_;
};

}  // namespace earshot
