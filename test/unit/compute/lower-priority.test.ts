import { constants, getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { backgroundParameter } from '../../../electron/compute/channel.ts'
import { forkCompute } from '../../../electron/compute/fork.ts'

const script = fileURLToPath(new URL('./priority-child.ts', import.meta.url))

const prioritiesOf = (parameters?: readonly string[]): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const channel = forkCompute(script)(parameters)
    channel.onMessage((message) => resolve(message as number[]))
    channel.onExit((reason) => reject(new Error(reason)))
  })

it('lowers the priority of every thread of a background process', async () => {
  const background = await prioritiesOf([backgroundParameter])
  expect(background.length).toBeGreaterThan(0)
  const lowered = Math.max(constants.priority.PRIORITY_BELOW_NORMAL, getPriority())
  expect([...new Set(background)]).toEqual([lowered])
})

it('leaves other processes unchanged', async () => {
  expect([...new Set(await prioritiesOf())]).toEqual([getPriority()])
})
