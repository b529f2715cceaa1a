#pragma once

#include <stdexcept>
#include <string>

namespace lobule {

/** An expected failure; `code` is one of the contract's error codes (electron/contract/errors.ts). */
class Failure : public std::runtime_error {
 public:
  Failure(const char* code, const std::string& reason) : std::runtime_error(reason), code_(code) {}
  static Failure Cancelled() { return {"job.cancelled", "cancelled"}; }
  const char* code() const { return code_; }

 private:
  const char* code_;
};

/** The code of failures without a more specific one, such as a lack of memory. */
constexpr const char* kNativeFailed = "native.failed";

}  // namespace lobule
