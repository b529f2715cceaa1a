import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../electron/contract/index.ts'
import { BoundedCompute } from '../../../electron/compute/bounded-compute.ts'
import { boundedParameter, runtimeArguments } from '../../../electron/compute/channel.ts'
import { forkCompute } from '../../../electron/compute/fork.ts'
import { answeringJson } from '../../../electron/compute/json-answer.ts'
import type { Tasks } from '../../../electron/compute/tasks.ts'
import { inProcessCompute } from '../../support/in-process-compute.ts'

const refuse = (reason: string): AppError => new AppError('cases.invalid-pattern', { pattern: '', reason })
const quick = { names: ['a'], pattern: 'a', limitMs: 1 }
const endless = {
  geometry: { kind: 'point' as const, points: [] },
  size: { widthPx: 1, heightPx: 1 },
}
const table = { path: '/none', positive: null, thresholds: [] }

describe('processes', () => {
  let bounded: BoundedCompute
  const script = fileURLToPath(new URL('./bounded-child.ts', import.meta.url))
  const start = (endlessMs: number): BoundedCompute =>
    new BoundedCompute(forkCompute(script), (name) => (name === 'checkGeometry' ? endlessMs : 60_000))
  beforeEach(() => (bounded = start(60_000)))
  afterEach(() => bounded.close())

  it('a task that never ends is ended with its process, and no other task is', async () => {
    bounded = start(1000)
    const stuck = bounded.run('checkGeometry', endless, { refuse }).catch((error: unknown) => error)
    const other = await bounded.run('matchCases', quick, { refuse })
    expect(await stuck).toMatchObject({
      message: expect.stringMatching(/reading it takes longer than 1 s/) as string,
    })
    // The other process is still the same one, and serves the next task.
    expect(await bounded.run('matchCases', quick, { refuse })).toEqual(other)
  })

  it('a task that needs too much memory is refused, and the next one runs', async () => {
    await expect(bounded.run('evaluateTable', table, { refuse })).rejects.toThrow(
      /process that read it ended \(.*\), as it does when 1024 MiB of memory are not enough/,
    )
    expect(await bounded.run('matchCases', quick, { refuse })).toHaveLength(1)
  })

  it('a cancelled task that does not end is ended with its process', async () => {
    const controller = new AbortController()
    const stuck = bounded.run('checkGeometry', endless, { refuse, signal: controller.signal })
    await bounded.run('matchCases', quick, { refuse })
    controller.abort()
    await expect(stuck).rejects.toMatchObject({ code: 'job.cancelled' })
  })
})

describe('turns', () => {
  const start = () => {
    const running: (() => void)[] = []
    const matchCases: Tasks['matchCases'] = answeringJson(
      ({ names }) => new Promise((resolve) => running.push(() => resolve([...names]))),
    )
    const compute = inProcessCompute({ matchCases })
    const bounded = new BoundedCompute(compute.launch)
    const run = (name: string, signal?: AbortSignal) =>
      bounded.run('matchCases', { ...quick, names: [name] }, { refuse, signal })
    return { bounded, compute, running, run }
  }
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

  it('three run at once, each alone in a process with its memory limit; the others wait', async () => {
    const { bounded, compute, running, run } = start()
    const answers = ['a', 'b', 'c', 'd', 'e'].map((name) => run(name))
    await settled()
    expect(running).toHaveLength(3)
    expect(compute.parameters).toEqual([[boundedParameter], [boundedParameter], [boundedParameter]])
    expect(runtimeArguments([boundedParameter])).toEqual(['--max-old-space-size=1024'])
    running[0]?.()
    await settled()
    expect(running).toHaveLength(4)
    for (const end of running) end()
    await settled()
    running[4]?.()
    expect(await Promise.all(answers)).toEqual([['a'], ['b'], ['c'], ['d'], ['e']])
    expect(compute.launches()).toBe(3)
    bounded.close()
  })

  it('one that is cancelled while it waits takes no turn, and closing ends all', async () => {
    const { bounded, running, run } = start()
    const first = ['a', 'b', 'c'].map((name) => run(name))
    const controller = new AbortController()
    const waiting = run('d', controller.signal)
    const last = run('e')
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'job.cancelled' })
    running[0]?.()
    expect(await first[0]).toEqual(['a'])
    await settled()
    expect(running).toHaveLength(4)
    bounded.close()
    for (const one of [first[1], first[2], last, run('f')]) {
      await expect(one).rejects.toMatchObject({ code: 'job.cancelled' })
    }
  })
})
