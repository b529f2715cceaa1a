import { expect, it } from 'vitest'
import { sliceLength, withPauses } from '../../../electron/base/slices.ts'
import { frameText, type ServerFrame } from '../../../electron/server/frames.ts'

const long = Array.from({ length: 2 * sliceLength + 1 }, (_, index) => ({
  imageId: index,
  name: '"\u2028é',
  gone: undefined,
}))

it.each<[string, ServerFrame]>([
  ['a list of several slices', { id: 'a"', answer: { ok: true, value: long } }],
  ['an empty list', { id: 1, answer: { ok: true, value: [] } }],
  ['a list of one slice with gaps', { id: 1, answer: { ok: true, value: [undefined, null, [1]] } }],
  ['another value', { id: 1, answer: { ok: true, value: { images: long } } }],
  ['no value', { id: 1, answer: { ok: true, value: null } }],
  ['an error', { id: null, answer: { ok: false, error: { code: 'call.unknown', message: 'x' } as never } }],
  ['an event', { event: { name: 'workspace.changed', payload: null } }],
])('writes %s as JSON does', async (_, frame) => {
  expect(await withPauses(frameText(frame))).toBe(JSON.stringify(frame))
})
