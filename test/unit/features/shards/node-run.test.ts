import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeFolder } from '../../../../electron/base/patient-files.ts'
import { nodeHome } from '../../../../electron/features/shards/node-run.ts'

let plan: string
let home: string
beforeEach(() => {
  plan = mkdtempSync(join(tmpdir(), 'lobule-plan-'))
  mkdirSync(join(plan, 'encoders'))
  writeFileSync(join(plan, 'encoders', 'weights.bin'), 'weights')
})
afterEach(async () => {
  await removeFolder(home)
  expect(existsSync(home)).toBe(false)
  // What the folder linked to is not removed with it.
  expect(readFileSync(join(plan, 'encoders', 'weights.bin'), 'utf8')).toBe('weights')
  rmSync(plan, { recursive: true })
})
const weights = (): string => readFileSync(join(home, 'encoders', 'weights.bin'), 'utf8')

it('has the weights of the plan', async () => {
  home = await nodeHome(plan)
  expect(weights()).toBe('weights')
})

it('has a copy of them where no link can be made', async () => {
  home = await nodeHome(plan, () => Promise.reject(new Error('ENOTSUP')))
  expect(lstatSync(join(home, 'encoders')).isDirectory()).toBe(true)
  expect(weights()).toBe('weights')
})

it.skipIf(process.platform === 'win32')('has a copy where the link leads nowhere', async () => {
  home = await nodeHome(plan, (_, path) => symlink(join(plan, 'none'), path))
  expect(lstatSync(join(home, 'encoders')).isDirectory()).toBe(true)
  expect(weights()).toBe('weights')
})
