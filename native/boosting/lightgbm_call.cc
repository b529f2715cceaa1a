#include "lightgbm_call.h"

#include <LightGBM/c_api.h>

namespace lobule {

Failure InvalidInput(const std::string& reason) { return {"boosting.invalid-input", reason}; }

void Check(int status) {
  if (status == 0) return;
  // LightGBM keeps its last error, and its log's callback, for each thread.
  const std::string message = LGBM_GetLastError();
  throw Failure("boosting.failed", message == "std::bad_alloc" ? "not enough memory" : message);
}

void SilenceLog() {
  LGBM_RegisterLogCallback([](const char*) {});
}

std::string ParameterAliases() {
  int64_t length = 0;
  Check(LGBM_DumpParamAliases(0, &length, nullptr));
  std::string json(static_cast<size_t>(length), '\0');
  Check(LGBM_DumpParamAliases(length, &length, &json[0]));
  json.resize(static_cast<size_t>(length) - 1);
  return json;
}

}  // namespace lobule
