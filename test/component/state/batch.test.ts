import { describe, expect, test } from 'vitest'
import { Batch, imageStates } from '../../../renderer/state/batch.svelte.ts'
import { Jobs } from '../../../renderer/state/jobs.svelte.ts'
import { deferred, stubClient, type Answers } from '../support/stub-client.ts'
import { at, image, job, reading, verdict } from '../support/views.ts'

function start(answers: Answers = {}): { batch: Batch; jobs: Jobs } {
  const { client } = stubClient(answers)
  const jobs = new Jobs(client)
  return { batch: new Batch(client, jobs), jobs }
}

describe('how far an image has come', () => {
  const { batch } = start()
  const dispute = { all: [], adjudication: null, isDisputed: true, isWithheld: false }

  test.each([
    ['new', image(1)],
    ['suggested', image(1, { verdict: verdict() })],
    ['labelled', image(1, {}, [reading()])],
    ['labelled', image(1, { verdict: verdict() }, [reading()])],
    ['differs', image(1, { verdict: verdict({ suggested: 'Malignant' }) }, [reading()])],
    ['unsure', image(1, { verdict: verdict() }, [reading({ className: null, isUnsure: true })])],
    [
      'disputed',
      image(1, { readings: dispute }, [reading(), reading({ reader: 'Bo', className: 'Malignant' })]),
    ],
  ] as const)('%s', (state, one) => {
    expect(batch.stateOf(one)).toBe(state)
    expect(batch.rankOf(one)).toBe(imageStates.indexOf(state))
  })
})

describe('a running classification', () => {
  test('its images wait until they have a newer prediction', async () => {
    const { batch, jobs } = start({ 'job.images': () => ({ imageIds: [1] }) })
    jobs.receive(job(5, { createdAt: at(10) }))
    await batch.learn()
    expect(batch.stateOf(image(1))).toBe('waiting')
    expect(batch.stateOf(image(2))).toBe('new')
    expect(batch.stateOf(image(1, { verdict: verdict({ at: at(9) }) }))).toBe('waiting')
    expect(batch.stateOf(image(1, { verdict: verdict({ at: at(11) }) }))).toBe('suggested')
  })

  test('without a list it covers every image; its end ends the waiting', async () => {
    const { batch, jobs } = start({ 'job.images': () => ({ imageIds: null }) })
    jobs.receive(job(5))
    await batch.learn()
    expect(batch.stateOf(image(77))).toBe('waiting')
    jobs.receive(job(5, { state: 'cancelled' }))
    expect(batch.stateOf(image(77))).toBe('new')
  })

  test('is fetched once, and jobs of other kinds never', async () => {
    const { client, asked } = stubClient({ 'job.images': () => ({ imageIds: [1] }) })
    const jobs = new Jobs(client)
    const batch = new Batch(client, jobs)
    jobs.receive(job(5))
    jobs.receive(job(6, { kind: 'train' }))
    await batch.learn()
    await batch.learn()
    expect(asked).toEqual([['job.images', { jobId: 5 }]])
  })

  test('is fetched again if the answer failed', async () => {
    let isBroken = true
    const { batch, jobs } = start({
      'job.images': () => {
        if (isBroken) throw new Error('lost')
        return { imageIds: [1] }
      },
    })
    jobs.receive(job(5))
    await expect(batch.learn()).rejects.toThrow('lost')
    expect(batch.stateOf(image(1))).toBe('new')
    isBroken = false
    await batch.learn()
    expect(batch.stateOf(image(1))).toBe('waiting')
  })

  test('an answer for a workspace that was closed meanwhile changes nothing', async () => {
    const answer = deferred<{ imageIds: number[] | null }>()
    const { batch, jobs } = start({ 'job.images': () => answer.promise })
    jobs.receive(job(5))
    const learning = batch.learn()
    batch.clear()
    answer.resolve({ imageIds: [1] })
    await learning
    expect(batch.stateOf(image(1))).toBe('new')
  })
})

describe('a failed classification', () => {
  const failed = (jobId: number, second: number, message: string) =>
    job(jobId, {
      state: 'done',
      endedAt: at(second),
      report: { failed: [{ imageId: 1, message }, { message: 'about no image' }] },
    })

  test('says why; the newest one counts', () => {
    const { batch, jobs } = start()
    jobs.receive(failed(5, 20, 'older'))
    jobs.receive(failed(6, 30, 'newer'))
    expect(batch.failureOf(image(1))).toBe('newer')
    expect(batch.stateOf(image(1))).toBe('failed')
    expect(batch.failureOf(image(2))).toBeNull()
  })

  test('is over with a newer prediction', () => {
    const { batch, jobs } = start()
    jobs.receive(failed(5, 20, 'gone'))
    expect(batch.failureOf(image(1, { verdict: verdict({ at: at(19) }) }))).toBe('gone')
    expect(batch.failureOf(image(1, { verdict: verdict({ at: at(21) }) }))).toBeNull()
  })
})
