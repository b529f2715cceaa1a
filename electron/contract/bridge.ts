import type { Answer } from './calls.ts'
import type { AnyEvent } from './events.ts'

/** All that an entry point gives to the page: window.lobule in Electron, a WebSocket in the browser. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Answer>
  onEvent(listener: (event: AnyEvent) => void): () => void
  /** The real path of a file dropped on the page; null if the entry point cannot know it. */
  pathOf(file: object): string | null
}
