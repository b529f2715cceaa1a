import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { arch, hostname, platform, release } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../base/atomic-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { backendNameSchema, selfTestViewSchema, type BackendName } from '../../contract/index.ts'
import type { EncoderModel } from './backend.ts'
import { installedFingerprint } from './installable/installed-backend.ts'
import { onnxRuntimeVersion } from './onnx-package.ts'

const entrySchema = selfTestViewSchema.extend({
  backend: backendNameSchema,
  /** Fingerprint of the weights. */
  fingerprint: z.string(),
  probeMs: z.number().nullable(),
  /** Number of processes that started the self-test and ended during it. */
  attempts: z.int().default(0),
})
const faultSchema = z.object({
  backend: backendNameSchema,
  encoder: z.string(),
  reason: z.string(),
  at: z.iso.datetime(),
})
const recordSchema = z.object({
  format: z.literal(1),
  machine: z.string(),
  selfTests: z.array(entrySchema),
  /** Back-ends that failed during work, newest last. */
  faults: z.array(faultSchema),
})
export type BackendEntry = z.infer<typeof entrySchema>
export type BackendFault = z.infer<typeof faultSchema>

const maxFaults = 50

/**
 * The results of self-tests, in `<homeDir>/backends.json`, so that a back-end that was refused or that crashed the
 * process is not tried again at every start. They hold for one machine, its drivers and this version of ONNX Runtime;
 * if one of these changes, everything is tested again. A record that cannot be read counts as empty.
 */
export class BackendRecord {
  readonly #path: string
  readonly #machine: string

  constructor(homeDir: string, machine = machineFingerprint(homeDir)) {
    this.#path = join(homeDir, 'backends.json')
    this.#machine = machine
  }

  /** The self-tests of a back-end with any weights. */
  of(backend: BackendName): BackendEntry[] {
    return this.#read().selfTests.filter((entry) => entry.backend === backend)
  }

  faults(): readonly BackendFault[] {
    return this.#read().faults
  }

  /** The self-test of a back-end with exactly these weights; null if there was none. */
  find(
    backend: BackendName,
    { name, fingerprint }: Pick<EncoderModel, 'name' | 'fingerprint'>,
  ): BackendEntry | null {
    const mine = (entry: BackendEntry): boolean =>
      entry.backend === backend && entry.encoder === name && entry.fingerprint === fingerprint
    return this.#read().selfTests.find(mine) ?? null
  }

  /**
   * Saves the result of a self-test. Without `gain`, the stored gain for these weights is kept.
   * @throws AppError `path.not-writable`
   */
  async save(
    entry: Omit<BackendEntry, 'at' | 'attempts' | 'gain'> & Partial<Pick<BackendEntry, 'attempts' | 'gain'>>,
  ): Promise<void> {
    const record = this.#read()
    const { backend, encoder: name, fingerprint } = entry
    const gain = this.find(backend, { name, fingerprint })?.gain ?? null
    const others = record.selfTests.filter(
      ({ backend, encoder }) => backend !== entry.backend || encoder !== entry.encoder,
    )
    await this.#write({
      ...record,
      selfTests: [...others, { attempts: 0, gain, ...entry, at: new Date().toISOString() }],
    })
  }

  /** @throws AppError `path.not-writable` */
  async addFault(fault: Omit<BackendFault, 'at'>): Promise<void> {
    const record = this.#read()
    const faults = [...record.faults, { ...fault, at: new Date().toISOString() }].slice(-maxFaults)
    await this.#write({ ...record, faults })
  }

  #read(): z.infer<typeof recordSchema> {
    const empty = { format: 1, machine: this.#machine, selfTests: [], faults: [] } as const
    try {
      const record = recordSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
      return record.machine === this.#machine ? record : { ...empty, selfTests: [], faults: [] }
    } catch {
      return { ...empty, selfTests: [], faults: [] }
    }
  }

  async #write(record: z.infer<typeof recordSchema>): Promise<void> {
    await writeAtomically(this.#path, `${JSON.stringify(record, null, 2)}\n`)
  }
}

/** Where Linux lists graphics drivers: versions of kernel modules and the installed Vulkan drivers. */
const driverFiles = [
  '/proc/driver/nvidia/version',
  '/sys/module/amdgpu/version',
  '/sys/module/i915/srcversion',
  '/sys/module/xe/srcversion',
]
const driverFolders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d']

/**
 * A hash that changes with the machine, its operating system, the graphics drivers on Linux, the version of ONNX
 * Runtime, and the back-ends that a person installed. On Windows and macOS drivers come with updates of the system. A
 * driver that is installed by hand on Windows is only noticed by the self-test at each start.
 */
export function machineFingerprint(homeDir: string): string {
  const parts = [hostname(), platform(), release(), arch(), onnxRuntimeVersion() ?? '']
  parts.push(process.env['VK_DRIVER_FILES'] ?? '', process.env['VK_ICD_FILENAMES'] ?? '')
  for (const file of driverFiles) if (existsSync(file)) parts.push(readFileSync(file, 'utf8'))
  for (const folder of driverFolders) {
    if (!existsSync(folder)) continue
    for (const file of readdirSync(folder).sort()) {
      parts.push(`${file} ${statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? ''}`)
    }
  }
  parts.push(installedFingerprint(homeDir))
  return sha256(parts.join('\n')).slice(0, 32)
}
