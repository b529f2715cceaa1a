/**
 * The words of the command line, or null where the window is meant: what follows `--cli`, or `--cli --`, after which
 * Chromium reads no switch of its own. Only switches may come before it, so that a file of that name opens the window.
 */
export function commandLineParameters(parameters: readonly string[]): string[] | null {
  const at = parameters.indexOf('--cli')
  if (at < 0 || parameters.slice(0, at).some((parameter) => !/^--./.test(parameter))) return null
  const words = parameters.slice(at + 1)
  return words[0] === '--' ? words.slice(1) : words
}
