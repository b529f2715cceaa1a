import { expect, test } from 'vitest'
import type { ReaderStudy } from '../../../electron/contract/index.ts'
import { Readers } from '../../../renderer/state/readers.svelte.ts'
import { stubClient } from '../support/stub-client.ts'

test('assignments are those of the last load, and forgotten with the rest of the readers', async () => {
  const assignment = { reader: 'Ada', due: null, imageIds: [1, 2], read: 1 }
  const { client, asked } = stubClient({
    'assignment.list': () => [assignment],
    'assignment.add': () => ({ changed: 2 }),
    'assignment.remove': () => ({ changed: 2 }),
  })
  const readers = new Readers(client, { changingReader: () => Promise.resolve() })
  expect(await readers.assign([1, 2], 'Ada', '2026-12-31')).toBe(2)
  await readers.loadAssignments()
  expect(readers.assignments).toEqual([assignment])
  expect(await readers.endAssignment(assignment, 'ill')).toBe(2)
  expect(asked).toEqual([
    ['assignment.add', { imageIds: [1, 2], to: 'Ada', due: '2026-12-31' }],
    ['assignment.list', {}],
    ['assignment.remove', { imageIds: [1, 2], to: 'Ada', reason: 'ill' }],
  ])
  readers.forget()
  expect(readers.assignments).toEqual([])
})

test('a reader study is forgotten with the agreement', async () => {
  const study = { readers: [] } as unknown as ReaderStudy
  const { client } = stubClient({
    'reading.study': () => study,
    'reading.agreement': () => ({ basis: 'current' }) as never,
  })
  const readers = new Readers(client, { changingReader: () => Promise.resolve() })
  expect(readers.study).toBeNull()
  await readers.measure()
  await readers.compare('current')
  expect(readers.study).toBe(study)
  readers.forget()
  expect(readers.study).toBeNull()
  expect(readers.agreement).toBeNull()
})
