import { expect, test } from 'vitest'
import { defaultSchedule, type BackupState } from '../../../electron/contract/index.ts'
import { Backups } from '../../../renderer/state/backups.svelte.ts'
import { stubClient } from '../support/stub-client.ts'

const state = (remindDays: number | null): BackupState => ({
  schedule: defaultSchedule,
  last: null,
  failure: null,
  remindDays,
})

test('reminds until the user puts it off, and again for the next workspace', async () => {
  const { client } = stubClient({ 'backup.state': () => state(42) })
  const backups = new Backups(client)
  expect(backups).toMatchObject({ state: null, remindDays: null })
  await backups.load()
  expect(backups.remindDays).toBe(42)
  backups.putOff()
  expect(backups.remindDays).toBeNull()
  backups.clear()
  await backups.load()
  expect(backups.remindDays).toBe(42)
})

test('shows the schedule that was stored', async () => {
  const { client, asked } = stubClient({
    'backup.schedule': (schedule) => ({
      ...state(null),
      schedule: { ...schedule, folder: '/absolute' },
    }),
  })
  const backups = new Backups(client)
  await backups.change({ ...defaultSchedule, every: 'day', folder: 'relative' })
  expect(backups.state?.schedule).toMatchObject({ every: 'day', folder: '/absolute' })
  expect(asked).toHaveLength(1)
})
