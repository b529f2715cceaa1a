import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { listLabels, openWorkspace, readEvents } from '../../../../electron/store/index.ts'
import { eventsBefore, labelledWorkspace } from './damaged-trail.ts'

const script = fileURLToPath(new URL('label-child.ts', import.meta.url))
const kills = Number(process.env['LOBULE_KILLS'] ?? 4)

it('labels and trail are the same after the program was killed while labelling', async () => {
  const { store: first, path, remove } = labelledWorkspace(2)
  first.close()
  let known = 2
  for (let kill = 0; kill < kills; kill++) {
    const child = fork(script, [path], { execArgv: ['--experimental-strip-types', '--no-warnings'] })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    let told = 0
    child.on('message', (count) => (told = Number(count)))
    await new Promise((resolve) => child.once('message', resolve))
    await new Promise((resolve) => setTimeout(resolve, 37 * (kill + 1)))
    child.kill('SIGKILL')
    await gone

    const store = openWorkspace(path, 'test')
    const { database } = store
    const labels = atOnce(listLabels(database, null))
    const found = await verifyChain(database)
    // Both entries of a transaction or none, each with its event; no acknowledged entry is lost.
    expect(labels.length % 2).toBe(0)
    expect(labels.length).toBeGreaterThanOrEqual(known + told)
    expect(found).toMatchObject({ whole: true, problems: [], events: eventsBefore + labels.length })
    expect(readEvents(database, eventsBefore + labels.length - 1, 2)).toMatchObject([
      { kind: 'label', reader: 'ben', at: labels.at(-1)?.at },
    ])
    known = labels.length
    store.close()
  }
  expect(known).toBeGreaterThan(2 + 2 * kills)
  remove()
})
