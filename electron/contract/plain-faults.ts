import type { z } from 'zod'

/** Faults of one input that are listed. */
const maxFaults = 20

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a record',
  record: 'a record',
  string: 'a text',
}
const units: Readonly<Record<string, string>> = { array: 'entries', string: 'characters' }

/** What zod finds, as a person may read it; a message that a schema gives itself stays. */
const faultOf: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'it is missing'
      return `it is not ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `it is ${issue.values.length === 1 ? 'not' : 'none of'} ${issue.values.map(String).join(', ')}`
    case 'too_big': {
      const unit = units[issue.origin]
      if (unit !== undefined) return `it has more than ${issue.maximum} ${unit}`
      return issue.inclusive === false
        ? `it is not less than ${issue.maximum}`
        : `it is more than ${issue.maximum}`
    }
    case 'too_small': {
      const unit = units[issue.origin]
      if (unit !== undefined)
        return Number(issue.minimum) === 1 ? 'it is empty' : `it has fewer than ${issue.minimum} ${unit}`
      return issue.inclusive === false
        ? `it is not more than ${issue.minimum}`
        : `it is less than ${issue.minimum}`
    }
    case 'invalid_format':
      return issue.format === 'datetime'
        ? 'it is not a time such as 2026-01-31T09:30:00Z'
        : 'it does not have the required form'
    case 'not_multiple_of':
      return `it is not a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return `unknown: ${issue.keys.join(', ')}`
    case 'invalid_union':
      return 'it has none of the allowed forms'
    default:
      return 'it is not valid'
  }
}

/** For `parse` and `safeParse`: the messages of the error are plain English. */
export const inPlainWords = { error: faultOf } as const

/**
 * The faults of an input that was parsed `inPlainWords`, as in "name: it is empty", at most 20.
 * @param whole what the input is called, for a fault that concerns all of it
 */
export const faultsOf = ({ issues }: z.ZodError, whole: string): string[] =>
  issues.slice(0, maxFaults).map(({ path, message }) => `${path.join('.') || whole}: ${message}`)
