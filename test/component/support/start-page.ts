import { expect } from 'vitest'
import { toErrorView, type AnyEvent } from '../../../electron/contract/index.ts'
import { columns } from '../../../renderer/features/worklist/columns/columns.ts'
import { Lobule } from '../../../renderer/state/lobule.svelte.ts'
import { inEffectRoot } from './effect-root.svelte.ts'

/** Answers by call; one that throws is the refusal of the call. */
type PageAnswers = Readonly<Record<string, (input: unknown) => unknown>>

interface StartedPage {
  lobule: Lobule
  tell: (event: AnyEvent) => void
  /** The calls, in order. */
  asked: readonly string[]
}

/** What the page learns about the program and who is reading. */
export const infoOf = (reader: string, isBlind: boolean): unknown => ({
  reader,
  isBlind,
  tiles: '',
  nativeDialogs: false,
  homeDirectory: '/',
})

const usual: PageAnswers = {
  'app.policy': () => ({ source: null, locked: [] }),
  'app.info': () => infoOf('Ada', false),
  'workspace.current': () => ({
    path: '/w',
    name: 'study',
    classes: [],
    formerClassNames: [],
    imageCount: 3,
    labelledCount: 0,
    modelCount: 0,
  }),
  'user.state': () => ({
    users: [],
    signedIn: null,
    isLocked: false,
    account: 'lab',
    lockAfterMinutes: 10,
    recoveryCode: null,
  }),
  'audit.state': () => null,
}

/**
 * The state of a whole page, after its start in a workspace.
 * @param answers beside the usual ones: no users, no policy; other calls are answered by an empty list
 */
export async function startPage(answers: PageAnswers): Promise<StartedPage> {
  const asked: string[] = []
  const listeners = new Set<(event: AnyEvent) => void>()
  const lobule = inEffectRoot(
    () =>
      new Lobule(
        {
          call: async (name, input) => {
            asked.push(name)
            try {
              const answer = answers[name] ?? usual[name]
              return { ok: true, value: answer === undefined ? [] : await answer(input) }
            } catch (error) {
              return { ok: false, error: toErrorView(error) }
            }
          },
          onEvent: (listener) => {
            listeners.add(listener)
            return () => listeners.delete(listener)
          },
          pathOf: () => null,
        },
        columns,
      ),
  )
  lobule.start()
  await expect.poll(() => lobule.isStarted).toBe(true)
  return { lobule, asked, tell: (event) => listeners.forEach((listener) => listener(event)) }
}
