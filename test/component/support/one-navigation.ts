import { afterEach, vi } from 'vitest'

/** A page has one navigation: after each test, those that it made no longer follow the address. */
export function useOneNavigation(): void {
  const listening = vi.spyOn(window, 'addEventListener')
  afterEach(() => {
    for (const [type, listener] of listening.mock.calls) window.removeEventListener(type, listener)
    listening.mockClear()
  })
}
