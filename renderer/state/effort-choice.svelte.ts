const key = 'lobule.effort'
const choices = ['full', 'adaptive'] as const

export type EffortName = (typeof choices)[number]

/** How many augmentations this page asks for a verdict; kept in the page's own storage on this machine. */
export class EffortChoice {
  #value = $state<EffortName>(stored())

  get value(): EffortName {
    return this.#value
  }

  choose(value: EffortName): void {
    this.#value = value
    try {
      localStorage.setItem(key, value)
    } catch {
      // Without a store it holds until the page is closed.
    }
  }
}

function stored(): EffortName {
  try {
    const value = localStorage.getItem(key)
    return choices.find((choice) => choice === value) ?? 'full'
  } catch {
    return 'full'
  }
}
