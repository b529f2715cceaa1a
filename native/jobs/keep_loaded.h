#pragma once

namespace lobule {

/**
 * Keeps the addon loaded until the process ends. Node unloads an addon with the last worker thread that loaded it, but
 * the idle threads of the pool still run its code. [any thread]
 */
void KeepLoaded();

}  // namespace lobule
