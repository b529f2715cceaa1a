import { expect, it } from 'vitest'
import { z } from 'zod'
import { calls, faultsOf, inPlainWords } from '../../../electron/contract/index.ts'

const faults = (schema: z.ZodType, value: unknown): string[] => {
  const parsed = schema.safeParse(value, inPlainWords)
  return parsed.success ? [] : faultsOf(parsed.error, 'input')
}

it.each([
  [z.strictObject({ name: z.string().min(1) }), { name: '' }, 'name: it is empty'],
  [z.strictObject({ name: z.string().min(1) }), {}, 'name: it is missing'],
  [z.strictObject({}), { name: 1, other: 2 }, 'input: unknown: name, other'],
  [z.array(z.int()), [1, 2.5], '1: it is not a whole number'],
  [z.array(z.int()).max(1), [1, 2], 'input: it has more than 1 entries'],
  [z.string().max(2), 'abc', 'input: it has more than 2 characters'],
  [z.string().min(2), 'a', 'input: it has fewer than 2 characters'],
  [z.number(), NaN, 'input: it is not a number'],
  [z.number().min(0.05), 0, 'input: it is less than 0.05'],
  [z.number().max(20), 21, 'input: it is more than 20'],
  [z.int().positive(), 0, 'input: it is not more than 0'],
  [z.number().multipleOf(3), 4, 'input: it is not a multiple of 3'],
  [z.enum(['case', 'image']), 'slide', 'input: it is none of case, image'],
  [z.literal(1), 2, 'input: it is not 1'],
  [z.iso.datetime(), 'today', 'input: it is not a time such as 2026-01-31T09:30:00Z'],
  [z.string().regex(/^a$/), 'b', 'input: it does not have the required form'],
  [z.union([z.enum(['first']), z.int()]), 'x', 'input: it has none of the allowed forms'],
  [z.string().refine((text) => text !== 'x', 'not x'), 'x', 'input: not x'],
])('says what is wrong with an input', (schema, value, fault) => {
  expect(faults(schema, value)).toEqual([fault])
})

it('lists at most 20', () => {
  expect(faults(z.array(z.int()), Array(100).fill('x'))).toHaveLength(20)
})

const oddValues = [undefined, null, '', 'x', 'x'.repeat(100_000), NaN, -1, 0.5, [], [''], [{}], {}, true]

it('never passes a message of zod on, whatever a call is given', () => {
  const raw = /invalid|too small|too big|expected|received|unrecognized/i
  const seen = new Set<string>()
  for (const { input } of Object.values(calls)) {
    for (const value of oddValues) for (const fault of faults(input, value)) seen.add(fault)
    for (const key of Object.keys(input.shape))
      for (const value of oddValues) for (const fault of faults(input, { [key]: value })) seen.add(fault)
  }
  expect(seen.size).toBeGreaterThan(100)
  expect([...seen].filter((fault) => raw.test(fault))).toEqual([])
})
