#pragma once

#include <vector>

#include "kernels.h"

namespace lobule {

/** The kernels that this processor and its system can run, the fastest first; none on very old ones. */
std::vector<const Kernels*> UsableKernels();

}  // namespace lobule
