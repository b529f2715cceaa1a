import { expect } from 'vitest'
import type { Answer } from '../../../electron/contract/index.ts'
import { classNameOf } from './blind-workspace.ts'

export function expectNoClass(object: object, identities: readonly string[], name: string): void {
  const text = JSON.stringify(object)
  const named = identities.find((identity) => text.includes(identity))
  if (named === undefined) return
  for (const index of [0, 1] as const)
    expect(text, `${name} holds ${named} with a class`).not.toContain(`"${classNameOf(index)}"`)
}

/** Every object in a value that is no list of others: a list may name one image and the class of another. */
export function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(objectsIn)
  const holdsList = Object.values(value).some(
    (part) => Array.isArray(part) && part.some((item) => typeof item === 'object'),
  )
  return Array.isArray(value) ||
    (holdsList && !('readings' in value)) ||
    'ok' in value ||
    'payload' in value ||
    'redo' in value
    ? inside
    : [value, ...inside]
}

/** Ids of images that are rows of the database. */
export function rowsIn(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const ids =
      key === 'imageId' || key === 'imageIds' || (key === 'id' && 'readings' in value) ? [part].flat() : []
    return [...ids.filter((id): id is number => typeof id === 'number' && id < 2 ** 52), ...rowsIn(part)]
  })
}

/** A path as JSON text has it: with two backslashes for each on Windows. */
export const inJson = (path: string): string => JSON.stringify(path).slice(1, -1)

/** Without times, sizes, the test's own folder, and hashes and references that are random. */
export function normalised(answer: Answer, root: string): string {
  const text = JSON.stringify(answer, function (this: unknown, key, value: unknown) {
    const isMeasured =
      /^(durationMs|etaMs|head|reference|bytes|freeBytes|removedBytes|uuid|detail|backends|use|parent)$/.test(
        key,
      )
    const isOfBackup = key === 'sha256' && typeof this === 'object' && this !== null && 'header' in this
    return isMeasured || isOfBackup ? 'measured' : value
  })
  return text
    .replaceAll(inJson(root), 'ROOT')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/reference [0-9a-f]{8}/g, 'reference')
    .replaceAll(/newest hash [0-9a-f]{64}/g, 'newest hash')
}
