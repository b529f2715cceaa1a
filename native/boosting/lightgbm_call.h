#pragma once

#include <string>

#include "../jobs/failure.h"

namespace lobule {

/** What a user got wrong. */
Failure InvalidInput(const std::string& reason);

/** Throws LightGBM's own message unless `status`, the answer of an LGBM_ function, is 0. [any thread] */
void Check(int status);

/** Keeps LightGBM's log of the calling thread away from standard output. [any thread, once for each] */
void SilenceLog();

/** LightGBM's parameter names: a JSON object of name -> array of aliases. [any thread] */
std::string ParameterAliases();

}  // namespace lobule
