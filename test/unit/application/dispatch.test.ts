import { expect, it } from 'vitest'
import { dispatch } from '../../../electron/application/dispatch.ts'
import { stubApplication } from '../../contract/stub-application.ts'

it('a list of wrong items is refused with a few of its faults', async () => {
  const imageIds = Array.from({ length: 5000 }, () => 'x')
  const answer = await dispatch(stubApplication().handlers, 'image.label', { imageIds, className: null })
  if (answer.ok) throw new Error('it was accepted')
  expect(answer.error.code).toBe('call.invalid-input')
  expect(answer.error.details['issues']).toHaveLength(20)
})
