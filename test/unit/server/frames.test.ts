import { expect, it } from 'vitest'
import { sliceLength } from '../../../electron/base/slices.ts'
import { frameTexts, type ServerFrame } from '../../../electron/server/frames.ts'

const long = Array.from({ length: 2 * sliceLength + 1 }, (_, index) => ({
  imageId: index,
  name: '"\u2028é',
  gone: undefined,
}))

const parsed = (frame: ServerFrame): unknown[] =>
  [...frameTexts(frame)].map((text) => JSON.parse(text) as unknown)
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

it.each<[string, ServerFrame]>([
  ['an empty list', { id: 1, answer: { ok: true, value: [] } }],
  ['a list of one slice with gaps', { id: 1, answer: { ok: true, value: [undefined, null, [1]] } }],
  ['another value', { id: 1, answer: { ok: true, value: { images: long } } }],
  ['no value', { id: 1, answer: { ok: true, value: null } }],
  ['an error', { id: null, answer: { ok: false, error: { code: 'call.unknown', message: 'x' } as never } }],
  ['an event', { event: { name: 'workspace.changed', payload: null } }],
])('sends %s as one frame', (_, frame) => {
  expect(parsed(frame)).toEqual([asJson(frame)])
})

it('sends a long list in slices, the last one with the answer', () => {
  const frames = parsed({ id: 'a"', answer: { ok: true, value: long } })
  expect(frames).toEqual([
    { id: 'a"', items: asJson(long.slice(0, sliceLength)) },
    { id: 'a"', items: asJson(long.slice(sliceLength, 2 * sliceLength)) },
    { id: 'a"', answer: { ok: true, value: asJson(long.slice(2 * sliceLength)) } },
  ])
})
