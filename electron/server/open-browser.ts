import { spawn } from 'node:child_process'

/** Whether this machine shows windows: Linux says so in the environment, the others always do. */
export const hasDesktop = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean =>
  platform === 'darwin' ||
  platform === 'win32' ||
  Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'])

/** The program and arguments that open an address in the person's browser, without a shell. */
export function browserCommand(platform: NodeJS.Platform, url: string): [string, string[]] {
  if (platform === 'darwin') return ['open', [url]]
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return ['xdg-open', [url]]
}

/**
 * Opens the address in the person's browser where there is a desktop; answers whether it was tried. A
 * missing opener is no error: the address is printed as well. The token is visible in the process list for
 * a moment; it works once, and a stranger who were faster would be noticed by the refusal.
 */
export function openBrowser(url: string): boolean {
  if (!hasDesktop(process.platform, process.env)) return false
  const [program, parameters] = browserCommand(process.platform, url)
  const opener = spawn(program, parameters, { stdio: 'ignore', detached: true, shell: false })
  opener.on('error', () => undefined)
  opener.unref()
  return true
}
