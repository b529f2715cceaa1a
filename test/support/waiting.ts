import { vi } from 'vitest'
import { waitLimitMs } from './limits.ts'

/** Vitest's own limit is one second. */
const limit = { timeout: waitLimitMs }

/** Waits until a check passes. */
export const waitFor = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, limit)

/** Waits until a check gives something that is true, and gives that. */
export const waitUntil: typeof vi.waitUntil = (check) => vi.waitUntil(check, limit)
