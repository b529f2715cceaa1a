import { cpus, loadavg } from 'node:os'

/** The value below which this share of all values is (nearest rank). */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? NaN

export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`

/** The machine of the figures below. */
export const machineLine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`
