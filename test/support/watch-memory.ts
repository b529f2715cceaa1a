import { readdirSync, readFileSync } from 'node:fs'

const everyMs = 50

/**
 * Looks at the memory of a process and all that it started, until it is asked: the largest sum of resident bytes that
 * was seen at once. Linux only; elsewhere null.
 */
export function watchMemory(pid: number): () => number | null {
  if (process.platform !== 'linux') return () => null
  let most = 0
  const timer = setInterval(() => (most = Math.max(most, residentBytes(pid))), everyMs)
  return () => {
    clearInterval(timer)
    return most
  }
}

/** Resident bytes of a process and its descendants; shared pages count for each. */
function residentBytes(root: number): number {
  const parents = new Map<number, number>()
  const resident = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    const status = Number.isInteger(pid) ? statusOf(pid) : null
    if (status === null) continue
    parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]))
    resident.set(pid, Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024)
  }
  let sum = 0
  for (const [pid, bytes] of resident) {
    let above: number | undefined = pid
    while (above !== undefined && above !== root) above = parents.get(above)
    if (above === root) sum += bytes
  }
  return sum
}

/** null: it has ended in the meantime. */
function statusOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return null
  }
}
