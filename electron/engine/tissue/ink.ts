import { keepParts, spread } from './shapes.ts'

/** Average colours of the cells of a mask, 3 bytes each. */
export interface CellColours {
  readonly columns: number
  readonly colours: Uint8Array
}

/** Parts of pen below this many cells (200 x 200 um) are not pen: pigment, blood and calcium are of these colours too. */
const fewestPenCells = 625
/** Parts of border below this many cells (40 x 40 um) are something dark at the edge. */
const fewestBorderCells = 25
/** How far the pale edge of ink goes, cells. */
const edgeCells = 3

/**
 * Where a slide has ink, and where a scanner's black border; 1 for yes.
 *
 * Both stains of H&E absorb green most (vectors of Ruifrok and Johnston, 2001), so what they colour has a hue between that of
 * blue, 240 degrees, and of red, 360. Ink is what is strongly coloured outside: green to light blue, a strong blue up to 235
 * degrees, red that lets almost no green through, and what is nearly black. A pale edge belongs to the ink beside it. What is
 * nearly black and touches the image's edge is border.
 */
export function findInk({ columns, colours }: CellColours): { pen: Uint8Array; border: Uint8Array } {
  const count = colours.length / 3
  const [pen, border, edges] = [new Uint8Array(count), new Uint8Array(count), new Uint8Array(count)]
  for (let at = 0; at < count; at++) {
    const kind = inkOf(colours[3 * at] ?? 0, colours[3 * at + 1] ?? 0, colours[3 * at + 2] ?? 0)
    if (kind === 'black') border[at] = 1
    if (kind === 'colour' || kind === 'black') pen[at] = 1
    if (kind === 'pale') edges[at] = 1
  }
  keepParts(
    { columns, cells: border },
    8,
    ({ size, touchesEdge }) => touchesEdge && size >= fewestBorderCells,
  )
  for (let at = 0; at < count; at++) if (border[at] === 1) pen[at] = 0
  keepParts({ columns, cells: pen }, 8, ({ size }) => size >= fewestPenCells)
  for (let step = 0; step < edgeCells; step++) {
    const wider = pen.slice()
    spread({ columns, cells: wider }, 1, 1)
    for (let at = 0; at < count; at++) if (edges[at] === 1 && wider[at] === 1) pen[at] = 1
  }
  return { pen, border }
}

/** Levels 0..255. `pale`: may be the edge of a stroke, if there is ink beside it. */
function inkOf(red: number, green: number, blue: number): 'colour' | 'black' | 'pale' | null {
  const highest = Math.max(red, green, blue)
  const chroma = highest - Math.min(red, green, blue)
  if (chroma <= 30) return highest <= 90 ? 'black' : highest <= 200 ? 'pale' : null
  const saturation = (255 * chroma) / highest
  const hue = hueOf(red, green, blue, highest, chroma)
  const isRed = hue >= 345 || hue <= 20
  if ((hue >= 60 && hue <= 220 && saturation >= 80) || (hue > 220 && hue <= 235 && saturation >= 150)) {
    return 'colour'
  }
  if (isRed && saturation >= 200) return 'colour'
  return (hue >= 60 && hue <= 235) || (isRed && saturation >= 100) ? 'pale' : null
}

/** Degrees, 0 to 360. */
function hueOf(red: number, green: number, blue: number, highest: number, chroma: number): number {
  if (highest === red) return (60 * ((green - blue) / chroma) + 360) % 360
  return highest === green ? 120 + (60 * (blue - red)) / chroma : 240 + (60 * (red - green)) / chroma
}
