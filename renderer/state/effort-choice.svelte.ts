const key = 'lobule.effort'
const choices = ['full', 'adaptive'] as const

export type EffortName = (typeof choices)[number]

/** How many augmentations a classification uses, stored by the page on this machine. */
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
      // Without storage the choice lasts until the page is closed.
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
