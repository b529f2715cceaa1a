import { expect, test } from 'vitest'
import type { ReaderStudy } from '../../../electron/contract/index.ts'
import { Readers } from '../../../renderer/state/readers.svelte.ts'
import { stubClient } from '../support/stub-client.ts'

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
