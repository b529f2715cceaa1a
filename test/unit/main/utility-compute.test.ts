import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { computeEnvironment, type ComputeChannel } from '../../../electron/compute/channel.ts'
import { utilityCompute, type UtilityLauncher } from '../../../electron/main/utility-compute.ts'

class StandInChild extends EventEmitter {
  readonly posted: unknown[] = []
  kills = 0
  postMessage(message: unknown): void {
    this.posted.push(message)
  }
  kill(): boolean {
    this.kills++
    return true
  }
}

function launch(told?: readonly string[]): {
  child: StandInChild
  channel: ComputeChannel
  script: string
  parameters: readonly string[]
  environment: unknown
} {
  const child = new StandInChild()
  let script = ''
  let parameters: readonly string[] = []
  let environment: unknown
  const launcher = {
    fork: (asked: string, given: string[], { env }: { env: unknown }) => {
      script = asked
      environment = env
      parameters = given
      return child
    },
  } as unknown as UtilityLauncher
  const channel = utilityCompute(launcher, '/built/compute.js')(told)
  return { child, channel, script, parameters, environment }
}

test('the process gets its purpose as a parameter', () => {
  expect(launch().parameters).toEqual([])
  expect(launch(['--background']).parameters).toEqual(['--background'])
})

test('the process gives large blocks of memory back, unless its environment says otherwise', () => {
  expect(computeEnvironment({ PATH: '/bin' })).toEqual({ PATH: '/bin', MALLOC_MMAP_THRESHOLD_: '1048576' })
  expect(computeEnvironment({ MALLOC_MMAP_THRESHOLD_: '9' })).toEqual({ MALLOC_MMAP_THRESHOLD_: '9' })
  const proxy = 'http://proxy:3128'
  expect(computeEnvironment({ HTTPS_PROXY: proxy })).toMatchObject({
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: proxy,
  })
  expect(launch().environment).toMatchObject(computeEnvironment({}))
})

test('the channel carries messages both ways', () => {
  const { child, channel, script } = launch()
  const seen: unknown[] = []
  channel.onMessage((message) => seen.push(message))
  channel.post({ a: 1 })
  child.emit('message', { b: 2 })
  expect([script, child.posted, seen]).toEqual(['/built/compute.js', [{ a: 1 }], [{ b: 2 }]])
  channel.kill()
  expect(child.kills).toBe(1)
})

test('the end is reported once, with its reason', () => {
  const plain = launch()
  const reasons: string[] = []
  plain.channel.onExit((reason) => reasons.push(reason))
  plain.child.emit('exit', 9)
  plain.child.emit('exit', 9)
  const fatal = launch()
  fatal.channel.onExit((reason) => reasons.push(reason))
  fatal.child.emit('error', 'FatalError', 'v8::OutOfMemory', '{}')
  fatal.child.emit('exit', 5)
  expect(reasons).toEqual(['exit code 9', 'FatalError in v8::OutOfMemory'])
})
