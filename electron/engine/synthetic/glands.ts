import type { KeyedGenerator } from '../random/index.ts'
import { nuclei, paintNucleus, type NucleusKind } from './cells.ts'
import { unitVector } from './portable-math.ts'
import { turnsOf } from './stroma.ts'
import { smoothStep, type Blob, type TissueCanvas } from './tissue-canvas.ts'

/** A gland: an open lumen, one layer of upright cells around it, a thin layer of flat cells, a membrane. */
export interface GlandKind {
  wallUm: number
  /** Distance of luminal nuclei along the wall. */
  spacingUm: number
  /** Further rows of nuclei towards the lumen. */
  extraRows: number
  /** Concentration of eosin in what the lumen holds; 0 for an empty one. */
  secretion: number
}

export function paintGland(
  canvas: TissueCanvas,
  generator: KeyedGenerator,
  blob: Blob,
  kind: GlandKind,
): void {
  const meanUm = Math.sqrt(blob.radiusUm * blob.otherRadiusUm)
  const membrane = 1 + 1.8 / meanUm
  canvas.eachInside(blob, membrane, (index, rho, xPx, yPx) => {
    const insideUm = (1 - rho) * meanUm
    const grain = canvas.mottle(xPx, yPx)
    if (insideUm < 0) {
      canvas.mix(index, 0.8 * smoothStep(-1.8, -0.4, insideUm), 0.12, 0.85)
    } else if (insideUm < kind.wallUm) {
      const apical = smoothStep(kind.wallUm - 1.6, kind.wallUm, insideUm)
      canvas.mix(index, 0.95, 0.26 + 0.08 * grain, 0.44 + 0.12 * grain + 0.15 * apical)
    } else {
      const open = smoothStep(kind.wallUm, kind.wallUm + 0.9, insideUm)
      canvas.mix(index, open, 0.02, kind.secretion * (1 + 0.2 * grain))
    }
  })
  const ring = (depthUm: number, spacingUm: number, nucleus: NucleusKind, upright: boolean) =>
    eachAlong(blob, 1 - depthUm / meanUm, spacingUm, generator, (directionX, directionY, rho) => {
      const [xUm, yUm] = canvas.pointOf(blob, directionX, directionY, rho)
      const outwards = turnsOf(xUm - blob.xUm, yUm - blob.yUm)
      const turns = outwards + (upright ? 0 : 0.25) + 0.025 * generator.nextNormal()
      paintNucleus(canvas, generator, nucleus, xUm, yUm, turns)
    })
  ring(1.6, 17, nuclei.myoepithelial, false)
  for (let row = 0; row <= kind.extraRows; row++) ring(5.6 + 7.4 * row, kind.spacingUm, nuclei.luminal, true)
}

/** Walks once round an ellipse in steps of about `spacingUm`, with some jitter. */
function eachAlong(
  blob: Blob,
  rho: number,
  spacingUm: number,
  generator: KeyedGenerator,
  visit: (directionX: number, directionY: number, rho: number) => void,
): void {
  if (rho <= 0.1) return
  const start = generator.nextFloat()
  for (let turns = start; turns < start + 1;) {
    const [directionX, directionY] = unitVector(turns + 0.06 * (generator.nextFloat() - 0.5) * rho)
    visit(directionX, directionY, rho * (1 + 0.025 * generator.nextNormal()))
    const speedX = blob.radiusUm * directionY
    const speedY = blob.otherRadiusUm * directionX
    const speedUm = 6.283185307179586 * rho * Math.sqrt(speedX * speedX + speedY * speedY)
    turns += (spacingUm * generator.nextUniform(0.85, 1.2)) / speedUm
  }
}

/** What fills a duct of carcinoma in situ. */
export type DuctPattern = 'solid' | 'cribriform' | 'comedo'

/** A duct full of dense nuclei inside a sharp outline, with punched-out holes or dead cells in the middle. */
export function paintFullDuct(
  canvas: TissueCanvas,
  generator: KeyedGenerator,
  blob: Blob,
  pattern: DuctPattern,
): void {
  const meanUm = Math.sqrt(blob.radiusUm * blob.otherRadiusUm)
  const outside = 1 + 9 / meanUm
  const holes = pattern === 'cribriform' ? punchedHoles(canvas, generator, blob) : []
  const deadRho = pattern === 'comedo' ? generator.nextUniform(0.35, 0.52) : 0
  const cellKind: NucleusKind = {
    ...nuclei.inSitu,
    radiusUm: nuclei.inSitu.radiusUm * generator.nextUniform(0.92, 1.15),
  }
  canvas.eachInside(blob, outside, (index, rho, xPx, yPx) => {
    const grain = canvas.mottle(xPx, yPx)
    const insideUm = (1 - rho) * meanUm
    if (insideUm < -2) {
      // A sleeve of dense collagen round the duct.
      canvas.mix(index, 0.75 * smoothStep(-9, -6, insideUm), 0.1, 0.62 + 0.1 * grain)
    } else if (insideUm < 0) {
      canvas.mix(index, 0.85, 0.14, 0.92)
    } else {
      const dead = smoothStep(deadRho, deadRho - 0.07, rho) * (deadRho > 0 ? 1 : 0)
      const living = 0.32 + 0.08 * grain
      canvas.mix(
        index,
        0.96,
        living + dead * (0.1 - living),
        0.36 + 0.1 * grain + dead * (0.5 + 0.15 * grain),
      )
    }
  })
  for (const hole of holes) {
    canvas.eachInside(hole, 1.05, (index, rho) => {
      canvas.mix(index, 1 - smoothStep(0.93, 1.05, rho), 0.02, 0.03)
    })
  }
  const pitchUm = cellKind.radiusUm * 1.85
  eachOfHexagons(blob, pitchUm, generator, (xUm, yUm) => {
    const rho = rhoAt(canvas, blob, xUm, yUm)
    if (rho > 1 - 4.5 / meanUm) return
    if (holes.some((hole) => rhoAt(canvas, hole, xUm, yUm) < 1 + 3.5 / hole.radiusUm)) return
    if (rho < deadRho) {
      // Debris: a few shrunken dark remains.
      if (generator.nextFloat() > 0.16) return
      const remains: NucleusKind = { ...nuclei.lymphocyte, radiusUm: 1.9, sizeSpread: 0.4, roughness: 0.2 }
      paintNucleus(canvas, generator, remains, xUm, yUm, generator.nextFloat())
      return
    }
    paintNucleus(canvas, generator, cellKind, xUm, yUm, generator.nextFloat())
  })
  eachAlong(blob, 1 + 1 / meanUm, 24, generator, (directionX, directionY, rho) => {
    const [xUm, yUm] = canvas.pointOf(blob, directionX, directionY, rho)
    const along = turnsOf(xUm - blob.xUm, yUm - blob.yUm) + 0.25
    paintNucleus(canvas, generator, nuclei.myoepithelial, xUm, yUm, along)
  })
}

function punchedHoles(canvas: TissueCanvas, generator: KeyedGenerator, blob: Blob): Blob[] {
  const holes: Blob[] = []
  for (let attempt = 0; attempt < 60 && holes.length < 12; attempt++) {
    const [directionX, directionY] = unitVector(generator.nextFloat())
    const rho = 0.72 * Math.sqrt(generator.nextFloat())
    const [xUm, yUm] = canvas.pointOf(blob, directionX, directionY, rho)
    const radiusUm = generator.nextUniform(9, 19)
    const isFree = holes.every((hole) => {
      const dx = hole.xUm - xUm
      const dy = hole.yUm - yUm
      const apart = hole.radiusUm + radiusUm + 14
      return dx * dx + dy * dy > apart * apart
    })
    if (!isFree) continue
    holes.push({ ...blob, xUm, yUm, radiusUm, otherRadiusUm: radiusUm * 0.85, roughness: 0.06 })
  }
  return holes
}

/** How far a place lies from a blob's centre, as a share of its outline there. */
export function rhoAt(canvas: TissueCanvas, blob: Blob, xUm: number, yUm: number): number {
  const [cosine, sine] = unitVector(blob.turns)
  const across = xUm - blob.xUm
  const down = yUm - blob.yUm
  const u = (across * cosine + down * sine) / blob.radiusUm
  const v = (down * cosine - across * sine) / blob.otherRadiusUm
  const distance = Math.sqrt(u * u + v * v)
  return distance < 1e-6 ? 0 : distance / canvas.outline(blob, u / distance, v / distance)
}

/** Visits the jittered points of a hexagonal grid over a blob's box. */
export function eachOfHexagons(
  blob: Blob,
  pitchUm: number,
  generator: KeyedGenerator,
  visit: (xUm: number, yUm: number) => void,
): void {
  const reachUm = Math.max(blob.radiusUm, blob.otherRadiusUm) * (1 + 1.5 * blob.roughness)
  const rowUm = pitchUm * 0.866
  for (let row = 0, down = -reachUm; down <= reachUm; row++, down += rowUm) {
    for (let across = -reachUm + (row % 2) * 0.5 * pitchUm; across <= reachUm; across += pitchUm) {
      const jitterX = (generator.nextFloat() - 0.5) * 0.55 * pitchUm
      const jitterY = (generator.nextFloat() - 0.5) * 0.55 * pitchUm
      visit(blob.xUm + across + jitterX, blob.yUm + down + jitterY)
    }
  }
}
