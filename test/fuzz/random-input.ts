import { z } from 'zod'
import { calls, type CallName } from '../../electron/contract/index.ts'
import type { KeyedGenerator } from '../../electron/engine/random/index.ts'

type Schema = z.core.JSONSchema.JSONSchema

const schemas = new Map<CallName, Schema>()

function schemaOf(name: CallName): Schema {
  const known =
    schemas.get(name) ?? z.toJSONSchema(calls[name].input, { unrepresentable: 'any', io: 'input' })
  schemas.set(name, known)
  return known
}

/** Values of every kind that no call expects. */
const oddities: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1,
  2,
  3,
  1e308,
  -0,
  2 ** 53,
  0.1,
  '',
  ' ',
  '__proto__',
  'a\u0000b',
  '\u202E=1+1',
  'ä'.repeat(5000),
  [],
  {},
  [[]],
  { __proto__: null, toString: 1 },
  Array.from({ length: 300 }, (_, i) => i),
]

/** An input for a call: mostly of the right form, with random values; sometimes with one part that is not. */
export function randomInput(name: CallName, random: KeyedGenerator, paths: readonly string[]): unknown {
  const oddOneIn = random.nextBoolean() ? 1e9 : 12
  const pick = <T>(items: readonly T[]): T | undefined => items[random.nextInteger(items.length)]
  const make = (schema: Schema, key: string): unknown => {
    if (random.nextInteger(oddOneIn) === 0) return pick(oddities)
    if ('const' in schema) return schema.const
    if (schema.enum) return pick(schema.enum)
    const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
    if (choices) return make(pick(choices) ?? {}, key)
    switch (schema.type) {
      case 'object': {
        const required = schema.required ?? []
        const entries = Object.entries(schema.properties ?? {})
          .filter(([property]) => required.includes(property) || random.nextInteger(3) > 0)
          .map(([property, of]) => [property, make(of as Schema, property)] as const)
        return Object.fromEntries(entries)
      }
      case 'array': {
        const least = schema.minItems ?? 0
        const items = schema.prefixItems ?? schema.items
        if (Array.isArray(items)) return items.map((item) => make(item as Schema, key))
        return Array.from({ length: least + random.nextInteger(4) }, () => make((items ?? {}) as Schema, key))
      }
      case 'integer':
        return random.nextInteger(random.nextBoolean() ? 5 : 100_000)
      case 'number':
        return (random.nextFloat() - 0.2) * 10 ** random.nextInteger(4)
      case 'boolean':
        return random.nextBoolean()
      case 'null':
        return null
      case 'string':
        if (/path|directory|file|folder/i.test(key)) return pick(paths)
        return pick([
          'ada',
          'Benign',
          'first',
          'case(\\d+)',
          '(.*)*x',
          'x'.repeat(81),
          '2026-01-01T00:00:00.000Z',
        ])
      default:
        return pick(oddities)
    }
  }
  return random.nextInteger(60) === 0 ? pick(oddities) : make(schemaOf(name), '')
}

/** A file with bytes changed, removed, doubled, moved or exchanged for others that matter in texts. */
export function mutated(sound: Uint8Array, random: KeyedGenerator): Buffer {
  let bytes = Buffer.from(sound)
  const words = ['"', ',', '\n', '{', '[', ']', '0', '-', 'e999', 'null', '\\', '=', '1e308', '\u0000', '""']
  for (let k = random.nextInteger(3); k >= 0; k--) {
    const at = random.nextInteger(Math.max(1, bytes.length))
    const length = random.nextInteger(40)
    const word = Buffer.from(words[random.nextInteger(words.length)] ?? '')
    switch (random.nextInteger(6)) {
      case 0:
        bytes[at] = random.nextInteger(256)
        break
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
        break
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
        break
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at)])
        break
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at + word.length)])
        break
      default:
        bytes.fill(random.nextInteger(256), at, Math.min(bytes.length, at + length))
    }
  }
  return bytes
}
