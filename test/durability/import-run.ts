import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePng } from '../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import type { ImportReport } from '../../electron/contract/index.ts'
import { lobuleJson, runLobule } from '../support/run-lobule.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import { labelsOf, problemsOf } from './state.ts'

const classes = ['Benign', 'InSitu', 'Invasive', 'Normal']
const edgePx = 16

interface ImportRunOptions {
  files: number
  kills: number
  /** The same seed draws the same moments. */
  seed: string
  log: (line: string) => void
}

/**
 * Imports many files while the program is killed, while their source disappears, and while the disk fills. Afterwards an import to
 * its end accounts for every file, and the workspace has each once, with its label.
 * @throws Error that names what is not right
 */
export async function importRun(options: ImportRunOptions): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-imports-'))
  try {
    await new ImportRun(root, options).run()
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

class ImportRun {
  readonly #root: string
  readonly #home: string
  readonly #images: string
  readonly #options: ImportRunOptions
  readonly #random

  constructor(root: string, options: ImportRunOptions) {
    this.#root = root
    this.#home = join(root, 'home')
    this.#images = join(root, 'images')
    this.#options = options
    this.#random = keyedGenerator(options.seed)
  }

  async run(): Promise<void> {
    await this.#drawImages()
    await this.#killed()
    await this.#withoutSource()
    await this.#onFullDisk()
  }

  /** Files of different content, in a folder for each class. */
  async #drawImages(): Promise<void> {
    for (const name of classes) mkdirSync(join(this.#images, name), { recursive: true })
    for (let n = 0; n < this.#options.files; n++) {
      const data = new Uint8Array(edgePx * edgePx * 3).fill(200)
      new DataView(data.buffer).setUint32(0, n)
      const folder = classes[n % classes.length] ?? ''
      const png = await encodePng({ widthPx: edgePx, heightPx: edgePx, data })
      await writeFile(join(this.#images, folder, `${n}.png`), png)
    }
  }

  async #killed(): Promise<void> {
    const workspace = await this.#newWorkspace('killed')
    let kills = 0
    while (kills < this.#options.kills) {
      // From before the first image is stored to some thousands later.
      const afterMs = 200 + 15_000 * this.#random.nextFloat()
      const { code } = await this.#import(workspace, afterMs)
      if (code !== null) break
      kills += 1
      const images = await this.#sound(workspace)
      this.#options.log(`killed after ${Math.round(afterMs)} ms with ${images} images`)
    }
    if (kills < this.#options.kills) throw new Error(`the import ended after ${kills} kills: give more files`)
    await this.#complete(workspace)
  }

  /** The folder is renamed, as a cable that is pulled or a share that is gone. */
  async #withoutSource(): Promise<void> {
    const workspace = await this.#newWorkspace('source')
    const gone = `${this.#images}-gone`
    const importing = this.#import(workspace)
    setTimeout(() => renameSync(this.#images, gone), 6000)
    const { stdout } = await importing
    renameSync(gone, this.#images)
    const { files } = this.#accountOf(stdout)
    this.#options.log(`the source disappeared: ${JSON.stringify(files)}`)
    if (files.failed === 0) throw new Error('the import ended before its source disappeared: give more files')
    const images = await this.#sound(workspace)
    if (images !== files.imported) throw new Error(`${images} images of ${files.imported} that were imported`)
    await this.#complete(workspace)
  }

  async #onFullDisk(): Promise<void> {
    const disk = mountSmallDisk(join(this.#root, 'disk'), 2 ** 21)
    if (disk === null) return
    try {
      const workspace = await this.#newWorkspace(join('disk', 'full'))
      const { code, stderr } = await this.#import(workspace)
      this.#options.log(`the disk is full: exit code ${code}, ${stderr.trim().split('\n').at(-1) ?? ''}`)
      if (code === 0) throw new Error('the disk did not fill: give more files')
      if (!/full|space/i.test(stderr)) throw new Error(`nothing says that the disk is full: ${stderr}`)
      const roomy = join(this.#root, 'roomy')
      cpSync(workspace, roomy, { recursive: true })
      await this.#sound(roomy)
      await this.#complete(roomy)
    } finally {
      disk.unmount()
    }
  }

  async #newWorkspace(name: string): Promise<string> {
    const workspace = join(this.#root, name)
    await lobuleJson(['init', '--workspace', workspace, '--classes', classes.join(',')], { home: this.#home })
    return workspace
  }

  #import(workspace: string, killAfterMs?: number): ReturnType<typeof runLobule> {
    return runLobule(['import', this.#images, '--workspace', workspace, '--labels', 'folder', '--json'], {
      home: this.#home,
      ...(killAfterMs === undefined ? {} : { interrupt: { signal: 'SIGKILL', afterMs: killAfterMs } }),
    })
  }

  #accountOf(stdout: string): NonNullable<ImportReport['account']> {
    const { account } = JSON.parse(stdout) as ImportReport
    if (account === undefined) throw new Error('the import gave no account')
    const { offered, imported, present, contradicting, failed } = account.files
    if (offered !== this.#options.files || imported + present + contradicting + failed !== offered)
      throw new Error(`the account does not add up: ${JSON.stringify(account.files)}`)
    return account
  }

  /** The number of images of a workspace, each with its label. @throws Error if it has problems */
  async #sound(workspace: string): Promise<number> {
    const problems = await problemsOf(workspace)
    if (problems.length > 0) throw new Error(problems.join('; '))
    const { images } = await lobuleJson<{ images: number }>(['workspace', 'info', '--workspace', workspace], {
      home: this.#home,
    })
    const labels = await labelsOf(workspace)
    if (labels.length !== images) throw new Error(`${labels.length} labels of ${images} images`)
    return images
  }

  /** An import to the end: what was there stays, the rest comes, nothing fails. */
  async #complete(workspace: string): Promise<void> {
    const before = await this.#sound(workspace)
    const { code, stdout, stderr } = await this.#import(workspace)
    if (code !== 0) throw new Error(`the import ended with ${code}: ${stderr}`)
    const { files } = this.#accountOf(stdout)
    const after = await this.#sound(workspace)
    this.#options.log(`imported to the end: ${JSON.stringify(files)}`)
    if (files.present !== before || files.failed > 0 || after !== files.offered)
      throw new Error(`${before} images before, ${after} after: ${JSON.stringify(files)}`)
  }
}
