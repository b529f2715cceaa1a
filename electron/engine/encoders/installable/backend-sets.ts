import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { findAbove } from '../../../base/find-above.ts'
import { backendDeviceSchema, installableNameSchema } from '../../../contract/installable-backends.ts'

const wheelSchema = z.object({
  /** Its name in the Python package index. */
  project: z.string(),
  file: z.string(),
  bytes: z.int(),
  sha256: z.string().length(64),
  licence: z.string(),
  holder: z.string(),
  /** What is unpacked, in the folders that it has in the wheel: libraries find each other by these. */
  members: z.array(z.object({ name: z.string(), bytes: z.int() })),
})

const setSchema = z.object({
  name: installableNameSchema,
  device: backendDeviceSchema,
  title: z.string(),
  version: z.string(),
  wheels: z.array(wheelSchema),
})
export type BackendWheel = z.infer<typeof wheelSchema>
export type BackendSet = z.infer<typeof setSchema>

/** What can be installed, pinned by hash (resources/backends.json). */
export const backendSets: readonly BackendSet[] = z
  .object({ sets: z.array(setSchema) })
  .parse(JSON.parse(readFileSync(sourceFile(), 'utf8'))).sets

function sourceFile(): string {
  const path = findAbove(import.meta.dirname, join('resources', 'backends.json'))
  if (path === null) throw new Error('resources/backends.json is missing')
  return path
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

export const downloadBytesOf = ({ wheels }: Pick<BackendSet, 'wheels'>): number =>
  sum(wheels.map(({ bytes }) => bytes))
export const diskBytesOf = ({ wheels }: Pick<BackendSet, 'wheels'>): number =>
  sum(wheels.flatMap(({ members }) => members.map(({ bytes }) => bytes)))
