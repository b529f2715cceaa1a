#pragma once

namespace lobule {

/**
 * Node unloads an addon with the last worker thread that loaded it, but the pool's idle threads stay inside: keeps it
 * loaded until the process ends. [any thread]
 */
void KeepLoaded();

}  // namespace lobule
