import { readFileSync } from 'node:fs'
import { arch, cpus } from 'node:os'

/** The flags of Linux' `/proc/cpuinfo` by which numerical libraries choose their code. */
const deciding = [
  'avx',
  'avx2',
  'fma',
  'avx512f',
  'avx512bw',
  'avx512vl',
  'avx512_vnni',
  'avx_vnni',
  'amx_tile',
  'sve',
  'sve2',
]

/**
 * What decides which code numerical libraries run on this machine's processor: the architecture and, on Linux, its vector instructions;
 * elsewhere the name of the processor. Machines with the same text give the same bits; with different ones, sums
 * may be rounded differently.
 * @param cpuinfo text of `/proc/cpuinfo`; null where there is none
 */
export function instructionSet(cpuinfo: string | null = readCpuinfo()): string {
  const line = cpuinfo?.split('\n').find((one) => /^(flags|Features)\s*:/.test(one))
  if (line === undefined) return `${arch()}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}`
  const flags = new Set(
    line
      .slice(line.indexOf(':') + 1)
      .trim()
      .split(/\s+/),
  )
  return [arch(), ...deciding.filter((flag) => flags.has(flag))].join(' ')
}

function readCpuinfo(): string | null {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return null
  }
}
