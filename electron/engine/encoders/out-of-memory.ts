/** What back-ends and their drivers write where the memory of a device or of the machine is used up. */
const words =
  /out[ _]of[ _](device[ _]|host[ _])?memory|outofmemory|\bOOM\b|failed to allocate|bad[ _]alloc|resource ?exhausted|CUDA failure 2\b|8007000E/i

/** Whether a back-end failed because its memory was used up. */
export const isOutOfMemory = (error: Error): boolean => words.test(error.message)
