import { expect, it } from 'vitest'
import { Foreground } from '../../../electron/base/foreground.ts'

it('is idle when the last call is answered, also if it fails', async () => {
  const foreground = new Foreground()
  const order: string[] = []
  await foreground.idle()
  const inner = foreground.during(async () => {
    const outer = await foreground.during(() => 'answer')
    await Promise.resolve()
    order.push('answered')
    return outer
  })
  const failing = foreground.during(async () => {
    await inner
    await Promise.resolve()
    order.push('failed')
    throw new Error('refused')
  })
  const idle = foreground.idle().then(() => order.push('idle'))
  expect(await inner).toBe('answer')
  await expect(failing).rejects.toThrow('refused')
  await idle
  expect(order).toEqual(['answered', 'failed', 'idle'])
  await foreground.idle()
})
