/**
 * Importing against plain reading and hashing of the same files, side by side in one run:
 * `npm run bench -- import [--files 2000] [--turns 1] [--copy] [--folder FOLDER] [--keep]`.
 * The files are made once: a few fields of synthetic tissue of 2048 x 1536 as TIFF without compression (9.4 MB,
 * as microscopes write), each copy with bytes of its own. `--format png` and `lzw` measure what decoding costs.
 */
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { statfs } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { parseClassScheme, type ImportReport } from '../../electron/contract/index.ts'
import { inspectPages } from '../../electron/engine/image/index.ts'
import { makeSyntheticField } from '../../electron/engine/synthetic/index.ts'
import { BoundedCompute } from '../../electron/compute/bounded-compute.ts'
import { ComputeClient } from '../../electron/compute/client.ts'
import { forkCompute } from '../../electron/compute/fork.ts'
import { importImages, importJob } from '../../electron/features/images/import-images.ts'
import { createWorkspace } from '../../electron/store/index.ts'
import { jobRun } from '../support/job-run.ts'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    turns: { type: 'string', default: '1' },
    format: { type: 'string', default: 'tiff' },
    copy: { type: 'boolean', default: false },
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})
const fileCount = Number(values.files)
const turns = Number(values.turns)
const formats = ['tiff', 'lzw', 'png', 'jpeg']
if (!Number.isSafeInteger(fileCount) || fileCount < 1) throw new Error('--files takes a number from 1')
if (!Number.isSafeInteger(turns) || turns < 1) throw new Error('--turns takes a number from 1')
if (!formats.includes(values.format)) throw new Error(`--format takes ${formats.join(', ')}`)

const computeScript = fileURLToPath(new URL('../../out/main/compute.js', import.meta.url))
const differentFields = 6
const [widthPx, heightPx] = [2048, 1536]
/** As many as the import processes at a time. */
const readersAtOnce = 4

const root = values.folder ?? mkdtempSync(join(tmpdir(), 'lobule-bench-import-'))
const pictures = join(root, `pictures-${values.format}`)
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
const rate = (bytes: number, ms: number): string =>
  `${(ms / 1000).toFixed(1)} s, ${(fileCount / (ms / 1000)).toFixed(1)} files/s, ${(bytes / 1e3 / ms).toFixed(0)} MB/s`

async function encode(index: number): Promise<Buffer> {
  const field = makeSyntheticField({ className: 'Benign', seed: 11, index, widthPx, heightPx })
  const image = sharp(field.data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
  if (values.format === 'png') return image.png({ compressionLevel: 3 }).toBuffer()
  if (values.format === 'jpeg') return image.jpeg({ quality: 92 }).toBuffer()
  return image.tiff({ compression: values.format === 'lzw' ? 'lzw' : 'none' }).toBuffer()
}

/** Fills the folder up to the requested number; returns the total bytes. Trailing bytes make each file unique. */
async function makeFiles(): Promise<number> {
  mkdirSync(pictures, { recursive: true })
  const made = new Set(readdirSync(pictures))
  const fields: Buffer[] = []
  for (let index = 0; index < Math.min(differentFields, fileCount); index++) fields.push(await encode(index))
  const mean = fields.reduce((sum, { length }) => sum + length, 0) / fields.length
  const { bavail, bsize } = await statfs(pictures)
  const needed = mean * (fileCount - made.size) * (values.copy ? 2 : 1)
  if (bavail * bsize < needed * 1.1)
    throw new Error(`${megabytes(needed)} are needed, ${megabytes(bavail * bsize)} free`)
  let bytes = 0
  for (let index = 0; index < fileCount; index++) {
    const name = `case${String(Math.floor(index / 4)).padStart(5, '0')}_${index % 4}.${values.format}`
    const field = fields[index % fields.length] ?? Buffer.alloc(0)
    const own = Buffer.alloc(8)
    own.writeUInt32LE(index)
    bytes += field.length + own.length
    if (!made.has(name)) writeFileSync(join(pictures, name), Buffer.concat([field, own]))
  }
  return bytes
}

const paths = (): string[] =>
  readdirSync(pictures)
    .slice(0, fileCount)
    .map((name) => join(pictures, name))

/** Runs `work` over all files, some at a time; returns the milliseconds. */
async function timeEach(work: (path: string) => Promise<unknown>): Promise<number> {
  const started = performance.now()
  const waiting = paths().values()
  const one = async (): Promise<void> => {
    for (const path of waiting) await work(path)
  }
  await Promise.all(Array.from({ length: readersAtOnce }, one))
  return performance.now() - started
}

/** The minimum: every byte read once and hashed. */
async function readAndHash(path: string): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer)
  hash.digest()
}

async function timeImport(turn: number): Promise<{ ms: number; report: ImportReport }> {
  const workspacePath = join(root, `workspace-${turn}`)
  rmSync(workspacePath, { recursive: true, force: true })
  const store = createWorkspace(workspacePath, parseClassScheme('Benign,Malignant*'), 'bench')
  const compute = new ComputeClient(forkCompute(computeScript), () => undefined)
  const bounded = new BoundedCompute(forkCompute(computeScript))
  try {
    // The process starts once and serves every import after it.
    await compute.run('hash', { path: paths()[0] ?? '' })
    const started = performance.now()
    const report = await importImages(
      {
        paths: paths(),
        labels: 'none',
        labelsFile: null,
        casesPattern: '^([^_]+)_',
        pixelSizeUm: 0.42,
        pages: 'ask',
        copy: values.copy,
        reader: 'bench',
      },
      jobRun(importJob),
      { workspace: store, compute, bounded },
    )
    return { ms: performance.now() - started, report }
  } finally {
    compute.close()
    bounded.close()
    store.close()
    rmSync(workspacePath, { recursive: true, force: true })
  }
}

try {
  console.log(`${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}; Node ${process.version}`)
  const bytes = await makeFiles()
  console.log(
    `${fileCount} files of ${widthPx} x ${heightPx} (${values.format}), ${megabytes(bytes)}; load ${loadavg()[0]?.toFixed(1)}`,
  )
  // Twice: the first run fills the system's cache, so that all following runs start equally.
  await timeEach(readAndHash)
  for (let turn = 1; turn <= turns; turn++) {
    const hashMs = await timeEach(readAndHash)
    const inspectMs = await timeEach((path) => inspectPages(path, 'ask'))
    const { ms, report } = await timeImport(turn)
    if (report.imported !== fileCount || report.failed.length > 0) {
      throw new Error(
        `${report.imported} imported, ${report.failed.length} failed: ${report.failed[0]?.message}`,
      )
    }
    console.log(`turn ${turn}, load ${loadavg()[0]?.toFixed(1)}`)
    console.log(`  read and hash, ${readersAtOnce} at once: ${rate(bytes, hashMs)}`)
    console.log(`  the same and decode every pixel:  ${rate(bytes, inspectMs)}`)
    console.log(`  import${values.copy ? ' with copies' : ''}:                        ${rate(bytes, ms)}`)
    console.log(
      `  import / read and hash: ${(ms / hashMs).toFixed(2)}; import / decoding as well: ${(ms / inspectMs).toFixed(2)}`,
    )
    // Only if the three times have the expected order.
    if (hashMs < inspectMs && inspectMs < ms) {
      const share = (part: number): string => `${((part / ms) * 100).toFixed(0)} %`
      console.log(
        `  of the import: reading and hashing ${share(hashMs)}, decoding ${share(inspectMs - hashMs)}, rows and messages between processes ${share(ms - inspectMs)}`,
      )
    } else console.log('  The machine was too busy to say what limits the import.')
  }
} finally {
  if (!values.keep && values.folder === undefined && existsSync(root)) rmSync(root, { recursive: true })
  else console.log(`The files stay in ${root}.`)
}
