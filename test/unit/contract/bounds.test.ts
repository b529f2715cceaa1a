import { expect, it } from 'vitest'
import { z } from 'zod'
import { calls, type CallName } from '../../../electron/contract/index.ts'

type Schema = Record<string, unknown>

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null

/** Places of a JSON schema where a page could send as much as it likes. */
function unboundedIn(schema: Schema, path: string): string[] {
  const types = [schema['type']].flat()
  const isFixed = 'enum' in schema || 'const' in schema
  const says = (what: string): string => `${path}: ${what}`
  const found: string[] = []
  if (types.includes('array') && !('maxItems' in schema) && !('prefixItems' in schema))
    found.push(says('a list'))
  if (types.includes('string') && !('maxLength' in schema) && !isFixed) found.push(says('a text'))
  if (types.includes('object') && schema['additionalProperties'] !== false) {
    const names = schema['propertyNames']
    // An object of the contract that drops what it does not know is bounded by what it knows.
    const isRecord =
      isSchema(schema['additionalProperties']) && Object.keys(schema['additionalProperties']).length > 0
    if (isRecord && !(isSchema(names) && 'enum' in names)) found.push(says('a record'))
  }
  const keywords = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref']
  if (!keywords.some((keyword) => keyword in schema)) found.push(says('anything'))
  const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : []
  const parts = ['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf', 'additionalProperties'].flatMap(
    (key) => schema[key],
  )
  return [
    ...found,
    ...properties.flatMap(([name, part]) => (isSchema(part) ? unboundedIn(part, `${path}.${name}`) : [])),
    ...parts.flatMap((part) => (isSchema(part) ? unboundedIn(part, path) : [])),
  ]
}

const unboundedOf = (input: z.ZodType): string[] =>
  unboundedIn(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }), 'input')

it.each(Object.keys(calls) as CallName[])('%s takes no list and no text without a limit', (name) => {
  expect(unboundedOf(calls[name].input)).toEqual([])
})

it.each<[string, z.ZodType]>([
  ['a list', z.object({ ids: z.array(z.int()) })],
  ['a text', z.object({ name: z.string().nullable() })],
  ['a text', z.array(z.union([z.literal(1), z.string().min(1)])).max(3)],
  ['a record', z.object({ by: z.record(z.string().max(9), z.int()) })],
  ['anything', z.object({ value: z.unknown() })],
])('an unbounded schema is found: %s', (what, schema) => {
  expect(unboundedOf(schema).join()).toMatch(new RegExp(`: ${what}$`))
})

const many = Array.from({ length: 4000 }, () => 7)

it.each<[CallName, object]>([
  ['image.label', { imageIds: many, className: 'A' }],
  ['label.undo', { imageIds: many }],
  ['reading.adjudicate', { imageIds: many, className: null }],
  ['model.classify', { imageIds: many, model: null }],
  ['case.report', { imageIds: many, path: '/r.html' }],
  ['worklist.export', { imageIds: many, path: '/w.csv' }],
])('%s takes each image once, in the order given', (name, input) => {
  const once = calls[name].input.parse({ ...input, imageIds: [3, ...many, 3, 5] }) as unknown as {
    imageIds: number[]
  }
  expect(once.imageIds).toEqual([3, 7, 5])
  expect(calls[name].input.safeParse({ ...input, imageIds: Array(1_000_001).fill(1) }).success).toBe(false)
})

it('takes no class from a reader who is unsure', () => {
  const { input } = calls['image.label']
  expect(input.safeParse({ imageIds: [1], className: 'Benign', isUnsure: true }).success).toBe(false)
  expect(input.safeParse({ imageIds: [1], className: null, isUnsure: true }).success).toBe(true)
})
