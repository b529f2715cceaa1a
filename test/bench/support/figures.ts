import { cpus, loadavg } from 'node:os'

/** The value below which that share of all lies (nearest rank). */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? NaN

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`

/** What the figures below were measured on. */
export const machineLine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`
