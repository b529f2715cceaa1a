#pragma once

#include <string>

#include "../jobs/failure.h"

namespace lobule {

/** The failure for invalid input. [any thread] */
Failure InvalidInput(const std::string& reason);

/** Throws LightGBM's error message unless `status`, the return value of an LGBM_ function, is 0. [any thread] */
void Check(int status);

/** Keeps the LightGBM log of the calling thread off standard output. [any thread, once per thread] */
void SilenceLog();

/** LightGBM's parameter names: a JSON object of name -> array of aliases. [any thread] */
std::string ParameterAliases();

}  // namespace lobule
