import type { Planned } from './blind-workspace.ts'

/** The contents that Bea decides on; the rest stays withheld. */
export const decided = [0, 1, 2, 3]
export const withheld = Array.from({ length: 12 }, (_, index) => index + 4)
export const [lost, changed, regionOf] = [10, 11, 12]
/** What Bea adjudicates before she reads blind; its class differs between the workspaces. */
export const adjudicatedByBea = 14

/** Labels of both are as many in both workspaces, in sum. */
export const both = {
  first: (n: number): Planned => ({
    n,
    truth: n % 2 === 0 ? 0 : 1,
    labels: [
      { reader: 'Anna', classIndex: n % 2 === 0 ? 0 : 1 },
      ...(n >= 4 && n < 10 ? [{ reader: 'Carl', classIndex: n % 2 === 0 ? 0 : 1 } as const] : []),
    ],
    ...(n === 5 ? { adjudicatedAs: 1 } : {}),
    ...(n === 6 ? { hasRegion: true } : {}),
  }),
  second: (n: number): Planned => ({
    n,
    truth: n < 4 ? both.first(n).truth : n < 12 ? 0 : 1,
    labels: [
      { reader: n < 4 ? 'Anna' : 'Carl', classIndex: n < 4 ? both.first(n).truth : n < 12 ? 0 : 1 },
      ...(n >= 10 ? [{ reader: 'Anna', classIndex: 0 } as const] : []),
    ],
    ...(n === 9 ? { adjudicatedAs: 0 } : {}),
    ...(n === 7 ? { hasRegion: true } : {}),
  }),
}
export const planned = (which: keyof typeof both): Planned[] =>
  [...decided, ...withheld].map((n) => both[which](n))
