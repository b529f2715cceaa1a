import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { Booster, Dataset } from '../../electron/engine/boosting/index.ts'
import { makeData, smallParameters } from './golden-data.ts'

const data = makeData(21, 1000, 100)
const make = () => Dataset.fromMatrix(data.matrix, { ...data, parameters: smallParameters })
const closed = (handle: string) => ({ code: 'boosting.closed', details: { handle } })
/** Enough rounds to outlast any test; such trainings are always stopped. */
const endless = 100_000

describe('handles', () => {
  test('a closed handle gives an error, and can be closed again', async () => {
    const dataset = await make()
    const booster = await Booster.train(dataset, {}, { rounds: 2 })
    dataset.close()
    dataset.close()
    booster.close()
    booster.close()
    await expect(dataset.subset([0])).rejects.toMatchObject(closed('dataset'))
    await expect(Booster.train(dataset, {}, { rounds: 1 })).rejects.toMatchObject(closed('dataset'))
    const description = { ...data, parameters: {}, reference: dataset }
    await expect(Dataset.fromMatrix(data.matrix, description)).rejects.toMatchObject(closed('dataset'))
    const prediction = booster.predict(data.matrix, { rows: 1000, kind: 'raw' })
    await expect(prediction).rejects.toMatchObject(closed('booster'))
    await expect(booster.toModelText()).rejects.toMatchObject(closed('booster'))
    await expect(booster.featureImportance('gain')).rejects.toMatchObject(closed('booster'))
    expect(() => booster.evaluate()).toThrow(expect.objectContaining(closed('booster')) as Error)
  })

  test('work in progress keeps what it needs when its handles are closed', async () => {
    const dataset = await make()
    const training = Booster.train(dataset, {}, { rounds: 5 })
    const subset = dataset.subset([1, 2, 3])
    dataset.close()
    const booster = await training
    const prediction = booster.predict(data.matrix, { rows: 1000, kind: 'probability' })
    const text = booster.toModelText()
    booster.close()
    expect(await prediction).toHaveLength(4000)
    expect(await text).toMatch(/^tree\n/)
    expect((await subset).rows).toBe(3)
    ;(await subset).close()
  })

  test('`using` closes at the end of its block', async () => {
    let kept: Dataset
    {
      using dataset = await make()
      kept = dataset
    }
    await expect(kept.subset([0])).rejects.toMatchObject(closed('dataset'))
  })
})

describe('many at once', () => {
  test('boosters on one dataset do not disturb each other', async () => {
    using dataset = await make()
    const seeds = [1, 2, 3, 4, 5, 6]
    const parameters = (seed: number) => ({ seed, feature_fraction: 0.5, deterministic: true })
    const trainAll = await Promise.all(
      seeds.map((seed) => Booster.train(dataset, parameters(seed), { rounds: 5 })),
    )
    for (const [i, booster] of trainAll.entries()) {
      using alone = await Booster.train(dataset, parameters(seeds[i] ?? 0), { rounds: 5 })
      expect(await booster.toModelText()).toBe(await alone.toModelText())
    }
    const predict = (booster: Booster) => booster.predict(data.matrix, { rows: 1000, kind: 'raw' })
    const together = await Promise.all(trainAll.flatMap((booster) => [predict(booster), predict(booster)]))
    for (const [i, booster] of trainAll.entries()) {
      expect(together[2 * i]).toEqual(await predict(booster))
      expect(together[2 * i + 1]).toEqual(together[2 * i])
      booster.close()
    }
  })

  test('predictions with one booster over different rounds do not mix', async () => {
    using dataset = await make()
    using booster = await Booster.train(dataset, {}, { rounds: 6 })
    const ask = (startRound: number) =>
      booster.predict(data.matrix, { rows: 1000, kind: 'raw', startRound, rounds: 1 })
    const together = await Promise.all([0, 1, 2, 3, 4, 5, 0, 1, 2].map(ask))
    const all = await booster.predict(data.matrix, { rows: 1000, kind: 'raw' })
    const sums = all.map((_, i) => together.slice(0, 6).reduce((sum, part) => sum + (part[i] ?? 0), 0))
    // Six additions in another order.
    sums.forEach((sum, i) => Math.abs(sum - (all[i] ?? 0)) > 1e-12 && expect(sum).toBe(all[i]))
    expect(together.slice(6)).toEqual(together.slice(0, 3))
  })

  test('a prediction does not wait for trainings that fill all cores', async () => {
    using dataset = await make()
    using booster = await Booster.train(dataset, {}, { rounds: 2 })
    const stop = new AbortController()
    const trainings = Array.from({ length: 64 }, () =>
      Booster.train(dataset, {}, { rounds: endless, signal: stop.signal }),
    )
    await booster.predict(data.matrix, { rows: 1000, kind: 'raw' })
    stop.abort()
    const ends = await Promise.allSettled(trainings)
    expect(ends.every((end) => end.status === 'rejected')).toBe(true)
  })

  test('the event loop stays responsive', async () => {
    using dataset = await make()
    const stop = new AbortController()
    const trainings = Array.from({ length: 8 }, () =>
      Booster.train(dataset, {}, { rounds: endless, signal: stop.signal }).catch(() => undefined),
    )
    // Other programs delay this thread too, now and then; an addon that blocks it delays it every time.
    let p99Ms = Infinity
    for (let attempt = 0; attempt < 12 && p99Ms >= 20; attempt++) {
      const delay = monitorEventLoopDelay({ resolution: 5 })
      delay.enable()
      await new Promise((resolve) => setTimeout(resolve, 500))
      delay.disable()
      p99Ms = delay.percentile(99) / 1e6
    }
    stop.abort()
    await Promise.all(trainings)
    expect(p99Ms).toBeLessThan(20)
  })
})

describe('a training stops', () => {
  test('at its signal, within a second, from the first round on', async () => {
    using dataset = await make()
    const stop = new AbortController()
    let stoppedAtMs = 0
    const training = Booster.train(
      dataset,
      {},
      {
        rounds: endless,
        signal: stop.signal,
        onRound: ({ round }) => {
          if (round !== 3) return
          stoppedAtMs = performance.now()
          stop.abort(new Error('enough'))
        },
      },
    )
    await expect(training).rejects.toMatchObject({ code: 'job.cancelled' })
    expect(performance.now() - stoppedAtMs).toBeLessThan(1000)
    const late = Booster.train(dataset, {}, { rounds: 1, signal: stop.signal })
    await expect(late).rejects.toMatchObject({ code: 'job.cancelled' })
  })

  test('when onRound throws, with that error', async () => {
    using dataset = await make()
    const error = new Error('no more')
    const onRound = () => {
      throw error
    }
    await expect(Booster.train(dataset, {}, { rounds: endless, onRound })).rejects.toBe(error)
  })

  test('with its worker thread, and the process continues', async () => {
    const index = new URL('../../electron/engine/boosting/index.ts', import.meta.url).href
    const code = `
      const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(index)}).then(async ({ Booster, Dataset }) => {
        const matrix = Float32Array.from({ length: 20000 }, (_, i) => Math.sin(i * i))
        const labels = Array.from({ length: 1000 }, (_, i) => i % 4)
        const parameters = ${JSON.stringify(smallParameters)}
        const dataset = await Dataset.fromMatrix(matrix, { rows: 1000, columns: 20, labels, parameters })
        for (let i = 0; i < 9; i++) {
          void Booster.train(dataset, {}, { rounds: ${endless}, onRound: () => parentPort.postMessage('') })
        }
      })`
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(code, { eval: true })
      await new Promise((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
      })
      expect(await worker.terminate()).toBe(1)
    }
    using dataset = await make()
    using booster = await Booster.train(dataset, {}, { rounds: 1 })
    expect(booster.rounds).toBe(1)
  })
})
