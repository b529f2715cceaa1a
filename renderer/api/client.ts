import {
  calls,
  fromErrorView,
  type Bridge,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../electron/contract/index.ts'

/** Every call of the contract as a function; each fails with an AppError and nothing else. */
export type Client = { readonly [N in CallName]: (input: CallInput<N>) => Promise<CallOutput<N>> }

export function createClient(bridge: Bridge): Client {
  const names = Object.keys(calls)
  const functions = names.map((name) => [name, (input: unknown) => ask(bridge, name, input)])
  return Object.fromEntries(functions) as Client
}

/** The answer's value; the server's side has checked it. */
async function ask(bridge: Bridge, name: string, input: unknown): Promise<unknown> {
  const answer = await bridge.call(name, input)
  if (answer.ok) return answer.value
  throw fromErrorView(answer.error)
}
