import { onTestFinished } from 'vitest'

/** Effects created here live as long as the test, as if a component had created them. */
export function inEffectRoot<T>(make: () => T): T {
  let made: { value: T } | undefined
  const stop = $effect.root(() => {
    made = { value: make() }
  })
  onTestFinished(stop)
  if (made === undefined) throw new Error('The effect root made nothing.')
  return made.value
}
