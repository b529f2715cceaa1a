/**
 * Planted copies among real fields, and the speed: `npm run bench -- leaks [--folder ../shared/data/breakhis100x] [--every 1]`.
 * Of every so many fields each kind of copy is planted (test/support/planted-copies.ts). A pair of two patients is false.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { findCopies } from '../../electron/engine/leaks/find-copies.ts'
import { makePrint, type PicturePrint } from '../../electron/engine/leaks/picture-print.ts'
import { recognisePublicImage } from '../../electron/engine/leaks/public-sets.ts'
import { plantCopy, plantedCopies } from '../support/planted-copies.ts'
import { machineLine, milliseconds, quantile } from './support/figures.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '../shared/data/breakhis100x' },
    every: { type: 'string', default: '1' },
  },
})
const fields = readdirSync(values.folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.png'))
  .toSorted()
  .map((name) => join(values.folder, name))
const root = mkdtempSync(join(tmpdir(), 'lobule-bench-leaks-'))
try {
  const copies: { path: string; of: number; kind: string }[] = []
  for (let of = 0; of < fields.length; of += Number(values.every)) {
    for (const [at, kind] of Object.keys(plantedCopies).entries()) {
      const path = join(root, `${of}-${at}.${kind.includes('JPEG') ? 'jpg' : 'png'}`)
      await plantCopy(fields[of] ?? '', kind, path)
      copies.push({ path, of, kind })
    }
  }
  const paths = [...fields, ...copies.map(({ path }) => path)]
  // Processor time, so that other programs do not count.
  const cpuMs = (): number => (({ user, system }) => (user + system) / 1000)(process.cpuUsage())
  const prints: PicturePrint[] = []
  const times: number[] = []
  for (const path of paths) {
    const begin = cpuMs()
    prints.push(await makePrint(path, 1))
    times.push(cpuMs() - begin)
  }
  const begin = cpuMs()
  const pairs = await findCopies(prints)
  const comparedMs = cpuMs() - begin
  const alone = cpuMs()
  await findCopies(prints.slice(0, fields.length))
  const fieldsMs = cpuMs() - alone

  const sourceOf = (index: number): number => copies[index - fields.length]?.of ?? index
  const patientOf = (index: number): string => {
    const name = basename(fields[sourceOf(index)] ?? '')
    return recognisePublicImage(name, { widthPx: 700, heightPx: 460 })?.patient ?? name
  }
  const found = new Set(
    pairs.filter(({ first, second }) => first === sourceOf(second)).map(({ second }) => second),
  )
  console.log(`${fields.length} fields, ${copies.length} planted copies; ${machineLine()}`)
  for (const kind of Object.keys(plantedCopies)) {
    const all = copies.flatMap((copy, index) => (copy.kind === kind ? [fields.length + index] : []))
    console.log(`${kind}: ${all.filter((index) => found.has(index)).length} of ${all.length}`)
  }
  let apart = 0
  for (let second = 0; second < paths.length; second++)
    for (let first = 0; first < second; first++) if (patientOf(first) !== patientOf(second)) apart++
  const wrong = pairs.filter(({ first, second }) => patientOf(first) !== patientOf(second))
  console.log(`false: ${wrong.length} of ${apart} pairs of different patients`)
  const overlapping = pairs.filter(({ second }) => second < fields.length).length
  console.log(`pairs among the fields themselves, all of one patient or false: ${overlapping}`)
  console.log(`print of an image: ${milliseconds(quantile(times, 0.5))} of processor time (median)`)
  console.log(
    `comparison of ${paths.length} images, most with copies: ${milliseconds(comparedMs)}; of the ${fields.length} fields: ${milliseconds(fieldsMs)}`,
  )
} finally {
  rmSync(root, { recursive: true })
}
