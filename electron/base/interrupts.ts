/**
 * The signals by which a user, a system or a scheduler asks a program to end. On Windows, Ctrl+Break is one, and so is a
 * console window that is closed: Windows then waits some seconds before it ends the program. Elsewhere the end of a
 * terminal is none, since `nohup` keeps it from a program that is to go on.
 */
export const interruptSignals = (platform: NodeJS.Platform = process.platform): readonly NodeJS.Signals[] =>
  platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] : ['SIGINT', 'SIGTERM']

/**
 * Calls `interrupted` at each of these signals, which then do not end the process.
 * @returns stops listening
 */
export function onInterrupt(
  interrupted: (signal: NodeJS.Signals) => void,
  platform: NodeJS.Platform = process.platform,
): () => void {
  const signals = interruptSignals(platform)
  for (const signal of signals) process.on(signal, interrupted)
  return () => {
    for (const signal of signals) process.off(signal, interrupted)
  }
}
