import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BoundedCompute } from '../../../../electron/compute/bounded-compute.ts'
import { answeringJson } from '../../../../electron/compute/json-answer.ts'
import { AppError } from '../../../../electron/contract/index.ts'
import {
  backendsFolder,
  installedBackend,
} from '../../../../electron/engine/encoders/installable/installed-backend.ts'
import { backendsJob } from '../../../../electron/features/encoders/install-backends.ts'
import type { JobServices } from '../../../../electron/session/job-services.ts'
import { FolderLock } from '../../../../electron/store/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'

type FirstRun = 'passes' | 'refuses' | 'ends its process'

/** A data folder, and the services of a job; the download is a folder with one file. */
async function services(firstRun: FirstRun) {
  const homeDirectory = await mkdtemp(join(tmpdir(), 'lobule-backends-'))
  const asked: string[] = []
  const compute = inProcessCompute({
    tryBackend: answeringJson(({ title }) => {
      if (firstRun === 'refuses') throw new AppError('backend.refused', { title, reason: 'it is odd' })
      if (firstRun === 'passes') return { note: 'it finds no NVIDIA GPU' }
      compute.crash('SIGSEGV')
      return new Promise<never>(() => undefined)
    }),
  })
  const bounded = new BoundedCompute(compute.launch)
  onTestFinished(async () => {
    bounded.close()
    await rm(homeDirectory, { recursive: true, force: true })
  })
  const run = async (name: string): Promise<unknown> => {
    asked.push(name)
    if (name !== 'backendUnpack') return {}
    const staging = join(backendsFolder(homeDirectory), '.staging-1')
    await mkdir(staging, { recursive: true })
    await writeFile(join(staging, 'library.so'), 'x')
    return { staging }
  }
  const stopProcess = (): void => void asked.push('stop')
  const job = { bounded, compute: { run, stopProcess }, homeDirectory } as unknown as JobServices
  return { homeDirectory, asked, job }
}

const input = { action: 'install', name: 'tensorflow', device: 'gpu', folder: null } as const

test('a back-end counts as installed once its first run has passed, and leaves nothing when it is removed', async () => {
  const { homeDirectory, asked, job } = await services('passes')
  const report = await backendsJob.run(input, jobRun(backendsJob), job)
  expect(report).toMatchObject({
    title: 'TensorFlow with CUDA',
    action: 'installed',
    note: 'it finds no NVIDIA GPU',
  })
  // The process that computes may have loaded another one.
  expect(asked).toEqual(['backendDownload', 'backendUnpack', 'stop'])
  expect(installedBackend(homeDirectory, 'tensorflow')?.device).toBe('gpu')
  expect(readdirSync(backendsFolder(homeDirectory))).toEqual(['tensorflow'])
  const removal = { action: 'remove', name: 'tensorflow' } as const
  expect(backendsJob.title(removal, job)).toBe('Remove TensorFlow with CUDA')
  expect(await backendsJob.run(removal, jobRun(backendsJob), job)).toMatchObject({ action: 'removed' })
  expect(existsSync(backendsFolder(homeDirectory))).toBe(false)
})

test('two processes do not install or remove at once', async () => {
  const { homeDirectory, asked, job } = await services('passes')
  mkdirSync(join(homeDirectory, 'backends-lock'))
  const other = new FolderLock(join(homeDirectory, 'backends-lock'), 'Lobule')
  for (const one of [input, { action: 'remove', name: 'tensorflow' } as const])
    await expect(backendsJob.run(one, jobRun(backendsJob), job)).rejects.toMatchObject({
      code: 'backend.busy',
      message: expect.stringMatching(/by Lobule, process \d+ on .+\. Wait until/) as string,
    })
  expect(asked).toEqual([])
  other.release()
  await backendsJob.run(input, jobRun(backendsJob), job)
  // It is let go also after a failure.
  const failing = { ...job, compute: { run: () => Promise.reject(new Error('odd')) } }
  const again = () => backendsJob.run(input, jobRun(backendsJob), failing as unknown as JobServices)
  await expect(again()).rejects.toThrow('odd')
  await expect(again()).rejects.toThrow('odd')
})

test('files from a folder are not downloaded', async () => {
  const { asked, job } = await services('passes')
  await backendsJob.run({ ...input, folder: '/wheels' }, jobRun(backendsJob), job)
  expect(asked).toEqual(['backendUnpack', 'stop'])
})

test.each([
  ['refuses', /TensorFlow with CUDA was not installed: it is odd\./],
  ['ends its process', /was not installed: the process that read it ended \(SIGSEGV\)/],
] as const)('a first run that %s installs nothing and leaves nothing', async (firstRun, message) => {
  const { homeDirectory, job } = await services(firstRun)
  await expect(backendsJob.run(input, jobRun(backendsJob), job)).rejects.toMatchObject({
    code: 'backend.refused',
    message: expect.stringMatching(message) as string,
  })
  expect(installedBackend(homeDirectory, 'tensorflow')).toBeNull()
  expect(readdirSync(backendsFolder(homeDirectory))).toEqual([])
})
