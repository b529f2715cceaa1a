import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { calls } from '../../../electron/contract/index.ts'
import { normalised } from './blind-answers.ts'
import { blindId } from './blind-inputs.ts'
import { decided } from './blind-plans.ts'
import { expectNothingWithheld, runBlind, withheldOf, type Heard } from './blind-run.ts'

/**
 * Every call of the contract, by a reader who reads blind, on two workspaces with the same pictures. They differ in
 * everything that is withheld: classes, folders, file names, order of import, labels, readers, comments, adjudications,
 * regions, predictions, reports. No answer, event or error may hold any of it, and none may differ.
 */

let runs: { first: Heard; second: Heard }
beforeAll(async () => {
  runs = { first: await runBlind('first'), second: await runBlind('second') }
})
afterAll(() => {
  for (const { root } of Object.values(runs)) rmSync(root, { recursive: true })
})

it('asks every call of the contract', () => {
  const asked = new Set(runs.first.answers.map(([name]) => name))
  expect([...asked].toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(['first', 'second'] as const)(
  'holds no name, comment, reader or class of a withheld image (%s)',
  async (which) => {
    const { answers, events } = runs[which]
    const known = await withheldOf(runs[which])
    expect(events).not.toEqual([])
    for (const [name, value] of answers) expectNothingWithheld(name, value, known)
    for (const event of events) expectNothingWithheld('event', event, known)
  },
)

it('reports no change of a withheld image, since the order of changes is that of the import', async () => {
  const own = await Promise.all(decided.map(blindId))
  for (const { events } of Object.values(runs)) {
    const changes = events.flatMap((event) =>
      event.name === 'images.changed' ? (event.payload.imageIds ?? []) : [],
    )
    expect(changes).not.toEqual([])
    expect(own).toEqual(expect.arrayContaining(changes))
  }
})

it('answers the same whatever is withheld', () => {
  const [first, second] = [runs.first, runs.second].map(({ root, answers }) =>
    answers.map(([name, answer]) => `${name} ${normalised(answer, root)}`),
  )
  expect(second).toEqual(first)
})
