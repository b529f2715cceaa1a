import { onTestFinished } from 'vitest'

/** What is made here lives as long as the test, as if a component had made it. */
export function inEffectRoot<T>(make: () => T): T {
  let made: { value: T } | undefined
  const stop = $effect.root(() => {
    made = { value: make() }
  })
  onTestFinished(stop)
  if (made === undefined) throw new Error('The effect root made nothing.')
  return made.value
}
