import { platform } from 'node:os'

/**
 * Why WebGPU has no Vulkan on this system; null: it can be tried. Without Vulkan's loader WebGPU only writes to stderr that it
 * cannot load it, at every attempt. The system's own search decides whether the loader is there.
 * @param library another name, for tests
 */
export function vulkanMissing(library = 'libvulkan.so.1'): string | null {
  if (platform() !== 'linux') return null
  try {
    process.dlopen({ exports: {} }, library)
    return null
  } catch (error) {
    // A library that is no module of Node is loaded all the same.
    const isLoaded = error instanceof Error && error.message.includes('did not self-register')
    return isLoaded
      ? null
      : 'the Vulkan loader (libvulkan.so.1), through which it finds a GPU, is not installed'
  }
}
