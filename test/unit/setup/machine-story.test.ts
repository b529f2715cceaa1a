import { expect, it } from 'vitest'
import { answerOf } from '../../../electron/setup/machine-story.mjs'

it('ends a story at the command that failed', () => {
  expect(answerOf('[{"a":1}]')).toEqual([{ a: 1 }])
  expect(answerOf('null')).toBeNull()
  const failed = '{"error":{"code":"model.none","message":"Train one first.","details":{}}}'
  expect(() => void answerOf(failed)).toThrow('model.none: Train one first.')
})
