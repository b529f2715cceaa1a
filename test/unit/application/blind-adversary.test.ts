import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Adversary, strategies, strategiesWithoutFiles, type Strategy } from './blind-adversary.ts'
import { BlindSession, loseFile, makeBlindWorkspace, type Planned } from './blind-workspace.ts'

/**
 * An adversary who may make 500 calls in each workspace guesses the classes of withheld images no better than by tossing
 * a coin: for each strategy, the exact one-sided binomial test does not reject chance at the level 0.001. The same
 * strategy against a reader who does not read blind must be better than chance at that level, so that it could find a
 * leak. Classes, contents and guesses are fixed by seeds: no run differs from another.
 */
const level = 0.001
const imagesPerWorkspace = 24
const decided = 8
const workspaces = { blind: 6, open: 3 }

/** A number from 0 to 1 for each seed (Mulberry32). */
function random(seed: number): number {
  let t = (seed * 0x9e3779b1 + 0x6d2b79f5) | 0
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

/** Fair coins, so that no strategy gains from counting. */
const plannedOf = (workspace: number): Planned[] =>
  Array.from({ length: imagesPerWorkspace }, (_, index) => {
    const n = workspace * 1000 + index
    const truth = random(n) < 0.5 ? 0 : 1
    return { n, truth, labels: [{ reader: 'Anna', classIndex: truth }] }
  })

/** The probability of at least so many right guesses by chance. */
function binomialTail(right: number, guesses: number): number {
  let term = 0.5 ** guesses
  let sum = 0
  for (let k = 0; k <= guesses; k++) {
    if (k >= right) sum += term
    term *= (guesses - k) / (k + 1)
  }
  return sum
}

const roots: string[] = []
const scores = {
  blind: new Map<string, { right: number; guesses: number }>(),
  open: new Map<string, { right: number; guesses: number }>(),
}

async function attack(how: 'blind' | 'open', workspace: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-adversary-'))
  roots.push(root)
  const planned = plannedOf(workspace)
  await makeBlindWorkspace(root, planned)
  const session = new BlindSession(root)
  await session.call('workspace.open', { path: join(root, 'w') })
  await session.call('reader.set', { name: 'Bea' })
  await session.call('reader.setBlind', { isBlind: how === 'blind' })
  session.heard.length = 0
  const chosen = (await session.call('image.list', {}))
    .filter((_, index) => index % 3 === 0)
    .slice(0, decided)
  for (const { id } of chosen) await session.call('image.label', { imageIds: [id], className: 'Normal' })
  const images = await session.call('image.list', {})
  const wanted = images.filter(({ readings }) => !readings.all.some(({ reader }) => reader === 'Bea'))
  const score = async (name: string, strategy: Strategy): Promise<void> => {
    const found = await strategy(new Adversary(root, session, images, wanted))
    const sum = scores[how].get(name) ?? { right: 0, guesses: 0 }
    for (const [index, { caseName, sha256 }] of wanted.entries()) {
      const truth = planned.find(({ n }) => caseName === `case ${n}`)?.truth
      const guess = found[index] ?? (random(Number.parseInt(sha256.slice(0, 8), 16)) < 0.5 ? 0 : 1)
      sum.guesses++
      if (guess === truth) sum.right++
    }
    scores[how].set(name, sum)
  }
  for (const [name, strategy] of Object.entries(strategies)) await score(name, strategy)
  for (const image of planned) loseFile(root, image)
  for (const [name, strategy] of Object.entries(strategiesWithoutFiles)) await score(name, strategy)
  await session.application.close()
}

beforeAll(async () => {
  for (const how of ['blind', 'open'] as const)
    for (let workspace = 0; workspace < workspaces[how]; workspace++) await attack(how, workspace)
}, 300_000)
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true })
})

const names = Object.keys({ ...strategies, ...strategiesWithoutFiles })

it.each(names)('learns nothing from %s', (name) => {
  const { right, guesses } = scores.blind.get(name) ?? { right: 0, guesses: 0 }
  expect(guesses).toBe(workspaces.blind * (imagesPerWorkspace - decided))
  expect(binomialTail(right, guesses), `${right} of ${guesses}`).toBeGreaterThan(level)
})

it.each(names)('would learn from %s of a reader who does not read blind', (name) => {
  const { right, guesses } = scores.open.get(name) ?? { right: 0, guesses: 0 }
  expect(binomialTail(right, guesses), `${right} of ${guesses}`).toBeLessThan(level)
})

it('computes the binomial tail', () => {
  expect(binomialTail(0, 4)).toBe(1)
  expect(binomialTail(3, 4)).toBe(5 / 16)
  expect(binomialTail(4, 4)).toBe(1 / 16)
})
