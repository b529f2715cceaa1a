/**
 * How long tests may take, in milliseconds. These end what hangs: the speed of a machine must not decide a test. PINs alone took 10 s
 * where memory was slow.
 */
export const testLimitMs = 300_000
export const endToEndTestLimitMs = 900_000
/** For one step of a page, and for what a test waits for. */
export const waitLimitMs = 120_000
/** For `expect.poll`, whose default is one second. */
export const pollLimitMs = 60_000
