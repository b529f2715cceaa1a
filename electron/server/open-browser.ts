import { spawn } from 'node:child_process'

/** Whether this machine has a desktop: on Linux the environment shows it, the others always have one. */
export const hasDesktop = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean =>
  platform === 'darwin' ||
  platform === 'win32' ||
  Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'])

/** The program and arguments that open an address in the default browser, without a shell. */
export function browserCommand(platform: NodeJS.Platform, url: string): [string, string[]] {
  if (platform === 'darwin') return ['open', [url]]
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return ['xdg-open', [url]]
}

/**
 * Opens the address in the default browser if there is a desktop; returns whether it tried. A missing opener is no
 * error: the address is printed as well. The token is briefly visible in the process list. It works only once: if
 * another user of the machine were faster, the refusal would show it.
 */
export function openBrowser(url: string): boolean {
  if (!hasDesktop(process.platform, process.env)) return false
  const [program, parameters] = browserCommand(process.platform, url)
  const opener = spawn(program, parameters, { stdio: 'ignore', detached: true, shell: false })
  opener.on('error', () => undefined)
  opener.unref()
  return true
}
