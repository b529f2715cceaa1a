import { Foreground } from '../../electron/base/foreground.ts'
import {
  AppError,
  calls,
  type AnyEvent,
  type CallName,
  type Handlers,
} from '../../electron/contract/index.ts'
import type { Application } from '../../electron/application/application.ts'

export interface StubApplication extends Application {
  emit(event: AnyEvent): void
  readonly listenerCount: number
}

/**
 * An application without a store: every call fails with `workspace.none-open` except those given; image 1 has
 * tiles.
 */
export function stubApplication(handlers: Partial<Handlers> = {}): StubApplication {
  const listeners = new Set<(event: AnyEvent) => void>()
  const refuse = (): never => {
    throw new AppError('workspace.none-open', {})
  }
  const refusing = Object.fromEntries((Object.keys(calls) as CallName[]).map((name) => [name, refuse]))
  return {
    foreground: new Foreground(),
    handlers: { ...(refusing as unknown as Handlers), ...handlers },
    onEvent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    readPicture(path) {
      return path.startsWith('/1/')
        ? Promise.resolve({ bytes: new Uint8Array([0xff, 0xd8]), type: 'image/jpeg' })
        : Promise.reject(new AppError('image.not-found', { image: path }))
    },
    receiveFile: () => Promise.reject(new AppError('drop.refused', { reason: 'no workspace is open' })),
    close: () => Promise.resolve(),
    emit: (event) => listeners.forEach((listener) => listener(event)),
    get listenerCount() {
      return listeners.size
    },
  }
}
