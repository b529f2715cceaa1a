import type { RegionPoint } from '../../contract/index.ts'

/** An outline, then its holes; vertices are corners of cells, in columns and rows. */
export type CellPart = RegionPoint[][]

/** A step along an edge of a cell. */
type Step = readonly [dx: number, dy: number]

/**
 * The outline and the holes of a connected group of grid cells. Every ring has only corners as vertices. No ring touches itself:
 * where two cells of the group meet at a corner only, the outline passes between the cells outside of them, so that a hole that
 * reaches the outline there is a ring of its own.
 * @param cells indices (row x columns + column) of cells that are connected by edges, at least one
 * @param isInside of a large group, whose cells at its border are enough as `cells`: whether a cell is one of the group
 */
export function traceCells(
  cells: readonly number[],
  columns: number,
  isInside?: (cell: number) => boolean,
): CellPart {
  const inside = new Set(cells)
  const has = isInside ?? ((cell: number): boolean => inside.has(cell))
  // With the cells on the right of each edge, outlines run clockwise as seen on the screen, holes the other way.
  const edges = new Map<string, Step[]>()
  const add = (x: number, y: number, step: Step): void => {
    const key = `${x},${y}`
    edges.set(key, [...(edges.get(key) ?? []), step])
  }
  for (const cell of inside) {
    const [x, y] = [cell % columns, Math.floor(cell / columns)]
    if (!has(cell - columns)) add(x, y, [1, 0])
    if (x + 1 === columns || !has(cell + 1)) add(x + 1, y, [0, 1])
    if (!has(cell + columns)) add(x + 1, y + 1, [-1, 0])
    if (x === 0 || !has(cell - 1)) add(x, y + 1, [0, -1])
  }
  const rings: RegionPoint[][] = []
  for (const [key, steps] of edges) {
    while (steps.length > 0) {
      const [x = 0, y = 0] = key.split(',').map(Number)
      rings.push(follow(edges, [x, y]))
    }
  }
  const outlines = rings.filter((ring) => signedArea(ring) > 0)
  return [...outlines, ...rings.filter((ring) => signedArea(ring) < 0)]
}

/** Removes the edges of one ring and returns its corners. */
function follow(edges: Map<string, Step[]>, start: RegionPoint): RegionPoint[] {
  const points: RegionPoint[] = []
  const steps: Step[] = []
  let at = start
  do {
    const leaving = edges.get(`${at[0]},${at[1]}`) ?? []
    const came = steps.at(-1)
    // Two edges leave where cells meet at a corner only: the left turn goes on to the other cell.
    const left = came === undefined ? -1 : leaving.findIndex((step) => isLeftTurn(came, step))
    const [step] = leaving.splice(Math.max(0, left), 1)
    if (step === undefined) throw new RangeError('the edges of the cells do not form rings')
    points.push(at)
    steps.push(step)
    at = [at[0] + step[0], at[1] + step[1]]
  } while (at[0] !== start[0] || at[1] !== start[1])
  return points.filter((_point, i) => {
    const [before, after] = [steps.at(i - 1), steps[i]]
    return before?.[0] !== after?.[0] || before?.[1] !== after?.[1]
  })
}

/** y points down, so that a left turn has a negative cross product. */
const isLeftTurn = (from: Step, to: Step): boolean => from[0] * to[1] - from[1] * to[0] < 0

/** Positive for rings that run clockwise as seen on the screen. */
const signedArea = (ring: readonly RegionPoint[]): number =>
  ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y]
    return sum + (x * nextY - nextX * y) / 2
  }, 0)
