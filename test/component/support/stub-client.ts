import type { CallInput, CallName, CallOutput } from '../../../electron/contract/index.ts'
import type { Client } from '../../../renderer/api/client.ts'

/** Answers to the calls that a test expects. */
export type Answers = { [N in CallName]?: (input: CallInput<N>) => CallOutput<N> | Promise<CallOutput<N>> }

export interface StubClient {
  client: Client
  /** The calls, in order. */
  asked: (readonly [name: string, input: unknown])[]
}

/** A client that answers the calls a test names; any other call fails the test. */
export function stubClient(answers: Answers): StubClient {
  const asked: StubClient['asked'] = []
  const ask = (name: string, input: unknown): Promise<unknown> => {
    asked.push([name, input])
    const answer = (answers as Record<string, ((input: unknown) => unknown) | undefined>)[name]
    if (answer === undefined) return Promise.reject(new Error(`The test has no answer to ${name}.`))
    // An error thrown by an answer is the failure of the call.
    return new Promise((resolve) => resolve(answer(input)))
  }
  const client = new Proxy({} as Client, {
    get: (_target, name) => (typeof name === 'string' ? (input: unknown) => ask(name, input) : undefined),
  })
  return { client, asked }
}

/** A promise that the test resolves or rejects. */
export function deferred<T>(): PromiseWithResolvers<T> {
  return Promise.withResolvers<T>()
}
