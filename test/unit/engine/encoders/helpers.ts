import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import h5wasm from 'h5wasm/node'
import { expect, onTestFinished } from 'vitest'
import { AppError, type ErrorCode, type InstallableName } from '../../../../electron/contract/index.ts'
import { decodeNpy } from '../../../../electron/engine/descriptors/npy.ts'
import type { Architecture } from '../../../../electron/engine/encoders/architecture.ts'
import type { OpenEncoder } from '../../../../electron/engine/encoders/index.ts'
import {
  backendFolder,
  recordFile,
} from '../../../../electron/engine/encoders/installable/installed-backend.ts'
import type { Raster } from '../../../../electron/engine/image/index.ts'
import { weightOf, weightSpecifications, type Weights } from '../../../../electron/engine/encoders/weights.ts'

export const referencePath = (file: string): string =>
  join(import.meta.dirname, '../../../references/encoders', file)

/** Values that real Keras gave (test/references/encoders/make_golden.py). */
export const golden = (file: string): Float32Array =>
  decodeNpy(readFileSync(referencePath(file)), file).matrix.data

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lobule-encoders-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The largest relative difference over the elements above 1e-3 of the largest; never lets NaN pass. */
export function worstRelative(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length)
  expect(actual.every(Number.isFinite)).toBe(true)
  const least = 1e-3 * expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  return expected.reduce((worst, value, index) => {
    if (Math.abs(value) <= least) return worst
    return Math.max(worst, Math.abs((actual[index] ?? 0) - value) / Math.abs(value))
  }, 0)
}

/** Expects an AppError of this code whose sentence matches. */
export async function expectRefusal(work: () => unknown, code: ErrorCode, sentence: RegExp): Promise<void> {
  const error: unknown = await Promise.resolve()
    .then(work)
    .then(
      () => null,
      (thrown: unknown) => thrown,
    )
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) as string })
}

/** Writes weights in Keras 2's HDF5 layout, in canonical order. */
export async function writeKerasFile(
  path: string,
  architecture: Pick<Architecture, 'layers'>,
  weights: Weights,
): Promise<void> {
  await h5wasm.ready
  const file = new h5wasm.File(path, 'w')
  const specifications = Map.groupBy(weightSpecifications(architecture), ({ layer }) => layer)
  file.create_attribute('layer_names', [...specifications.keys()])
  for (const [layer, arrays] of specifications) {
    const group = file.create_group(layer)
    const names = arrays.map(({ key }) => `${key}:0`)
    group.create_attribute('weight_names', names)
    const inner = group.create_group(layer)
    for (const { key, weight, shape } of arrays) {
      inner.create_dataset({ name: `${weight}:0`, data: weightOf(weights, key), shape: [...shape] })
    }
  }
  file.close()
}

/** That two encoders give nearly the same descriptors and maps; closes both. */
export async function expectSameAs(
  ours: OpenEncoder,
  theirs: OpenEncoder,
  pictures: readonly Raster[],
): Promise<void> {
  const none = new Float32Array()
  for (const picture of pictures) {
    const [[own = none], [other = none]] = [await ours.encode([picture]), await theirs.encode([picture])]
    expect(worstRelative(own, other)).toBeLessThan(5e-4)
    const [maps, otherMaps] = [await ours.encodeMaps(picture), await theirs.encodeMaps(picture)]
    const shapes = [maps, otherMaps].map((all) => all.map(({ data: _data, ...shape }) => shape))
    expect(shapes[0]).toEqual(shapes[1])
    // Single cells, which no average smooths, down to a thousandth of the largest.
    maps.forEach(({ data }, index) => {
      expect(worstRelative(data, otherMaps[index]?.data ?? none)).toBeLessThan(1e-2)
    })
  }
  await ours.close()
  await theirs.close()
}

/** The record of an installation, without its files. */
export async function pretendInstalled(
  home: string,
  device: 'processor' | 'gpu',
  at: string,
  name: InstallableName = 'tensorflow',
  version = '2.21.0',
): Promise<void> {
  const folder = backendFolder(home, name)
  await mkdir(folder, { recursive: true })
  const record = { format: 1, name, device, version, at }
  await writeFile(join(folder, recordFile), JSON.stringify(record))
}
