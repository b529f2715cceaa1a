/**
 * Reads mutants of one slide. Each is named on stdout before it is read, so that the parent knows which one ended the process, and its
 * result after it (`= read`, `= unexpected: ...`):
 * `node slide-mutants-child.ts SLIDE PART FROM TO`; PART is the file of the slide that is changed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { inspectPages, makeThumbnail } from '../../electron/engine/image/index.ts'
import { mutate } from './mutate.ts'

const [slide = '', part = '', from = '0', to = '0'] = process.argv.slice(2)
const whole = readFileSync(part)
for (let number = Number(from); number < Number(to); number++) {
  writeFileSync(part, mutate(whole, `${basename(slide)} ${number}`))
  process.stdout.write(`${number}\n`)
  const result = await inspectPages(slide, 'first')
    .then(() => makeThumbnail(slide, 64))
    .then(
      () => 'read',
      (error: unknown) =>
        error instanceof Error && 'code' in error ? String(error.code) : `unexpected: ${String(error)}`,
    )
  process.stdout.write(`= ${result.split('\n')[0] ?? ''}\n`)
}
writeFileSync(part, whole)
