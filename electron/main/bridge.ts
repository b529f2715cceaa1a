import { AppError, toErrorView, type Answer } from '../contract/index.ts'
import type { Application } from '../application/application.ts'
import { dispatch } from '../application/dispatch.ts'
import { isOwnFrame, type SenderFrame } from './address.ts'

/** The two channels; electron/preload/bridge.ts uses the same names. */
const callChannel = 'lobule:call'
const eventChannel = 'lobule:event'

/** The receiver of calls; Electron's `ipcMain` fits. */
export interface CallReceiver {
  handle(
    channel: string,
    answer: (event: { senderFrame: SenderFrame | null }, name: unknown, input: unknown) => unknown,
  ): void
}

/** The only use of IPC: calls from our own page's main frame are answered, all others refused. */
export function serveBridge(ipc: CallReceiver, application: Application): void {
  ipc.handle(callChannel, ({ senderFrame }, name, input): Promise<Answer> | Answer =>
    isOwnFrame(senderFrame)
      ? dispatch(application.handlers, name, input)
      : { ok: false, error: toErrorView(foreignSender(senderFrame)) },
  )
}

const foreignSender = (frame: SenderFrame | null): AppError<'call.foreign-sender'> =>
  new AppError('call.foreign-sender', { sender: frame?.url.slice(0, 200) ?? 'a page that no longer exists' })

/** The receiver of events; Electron's WebContents fits. */
export interface EventReceiver {
  send(channel: string, ...parameters: unknown[]): void
}

/** Sends every event to the pages open at that time. Returns the function that stops it. */
export const pushEvents = (application: Application, receivers: () => EventReceiver[]): (() => void) =>
  application.onEvent((event) => {
    for (const receiver of receivers()) receiver.send(eventChannel, event)
  })
