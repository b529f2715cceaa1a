#include <atomic>
#include <cstring>
#include <initializer_list>

#include "../processor/instructions.h"
#include "split_kernels.h"

namespace lobule {

namespace {

const SplitKernels* UsableAvx2() { return HasAvx2() ? Avx2SplitKernels() : nullptr; }

const SplitKernels* Fastest() { return UsableAvx2() ? UsableAvx2() : BasicSplitKernels(); }

std::atomic<const SplitKernels*>& Chosen() {
  static std::atomic<const SplitKernels*> chosen(Fastest());
  return chosen;
}

}  // namespace

const SplitKernels* ChosenSplitKernels() { return Chosen().load(std::memory_order_relaxed); }

bool ChooseSplitKernels(const char* name) {
  const SplitKernels* kernels = Fastest();
  if (std::strcmp(name, "none") == 0) {
    kernels = nullptr;
  } else if (std::strcmp(name, "fastest") != 0) {
    kernels = nullptr;
    for (const SplitKernels* const usable : {UsableAvx2(), BasicSplitKernels()}) {
      if (usable && std::strcmp(name, usable->name) == 0) kernels = usable;
    }
    if (!kernels) return false;
  }
  Chosen().store(kernels, std::memory_order_relaxed);
  return true;
}

}  // namespace lobule
