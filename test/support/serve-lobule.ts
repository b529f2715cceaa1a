import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../out/main/lobule.js', import.meta.url))

/** `lobule serve` in a separate process, with the address that it prints. */
export async function serveLobule(
  home: string,
  port = 0,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, 'serve', '--no-open', '--port', String(port)], {
    env: { ...process.env, LOBULE_HOME: home, HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { url: await addressOf(child), stop: () => stop(child) }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = /http:\/\/\S+/.exec(text)?.[0]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`lobule serve ended with ${code ?? 'a signal'}: ${text}`)))
  })
}

function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  return gone
}
