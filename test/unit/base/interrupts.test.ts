import { expect, it, vi } from 'vitest'
import { interruptSignals, onInterrupt } from '../../../electron/base/interrupts.ts'

it('takes Ctrl+Break and a closed console of Windows for an interrupt, and leaves nohup its meaning elsewhere', () => {
  expect(interruptSignals('win32')).toEqual(['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'])
  expect(interruptSignals('linux')).toEqual(['SIGINT', 'SIGTERM'])
  expect(interruptSignals('darwin')).not.toContain('SIGHUP')
})

it('listens until it is stopped', () => {
  const before = process.listenerCount('SIGTERM')
  const interrupted = vi.fn<(signal: NodeJS.Signals) => void>()
  const stopListening = onInterrupt(interrupted)
  expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  process.emit('SIGINT')
  expect(interrupted).toHaveBeenCalledOnce()
  stopListening()
  expect(process.listenerCount('SIGTERM')).toBe(before)
})
