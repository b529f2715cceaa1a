#pragma once

#include <stdexcept>
#include <string>

namespace lobule {

/** An expected failure; `code` is one of the contract's error codes (electron/contract/errors.ts). */
class Failure : public std::runtime_error {
 public:
  Failure(const char* code, const std::string& reason) : std::runtime_error(reason), code_(code) {}
  static Failure InvalidInput(const std::string& reason) { return {"boosting.invalid-input", reason}; }
  static Failure Cancelled() { return {"job.cancelled", "cancelled"}; }
  const char* code() const { return code_; }

 private:
  const char* code_;
};

/** Throws LightGBM's own message unless `status`, the answer of an LGBM_ function, is 0. [any thread] */
void Check(int status);

/** Keeps LightGBM's log of the calling thread away from standard output. [any thread, once for each] */
void SilenceLog();

/** LightGBM's parameter names: a JSON object of name -> array of aliases. [any thread] */
std::string ParameterAliases();

}  // namespace lobule
