import { vi } from 'vitest'

/** Vitest's own limit is one second, in which a busy machine decides a test. */
const limit = { timeout: 120_000 }

/** Waits until a check passes. */
export const waitFor = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, limit)

/** Waits until a check gives something that is true, and gives that. */
export const waitUntil: typeof vi.waitUntil = (check) => vi.waitUntil(check, limit)
