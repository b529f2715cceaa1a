import type { KeyedGenerator } from '../random/index.ts'
import { smoothStep, type Blob, type TissueCanvas } from './tissue-canvas.ts'

/** How the nuclei of one kind of cell look. Lengths in um. */
export interface NucleusKind {
  /** Half of the longer diameter. */
  radiusUm: number
  /** Spread of the size, as a share. */
  sizeSpread: number
  /** The shorter diameter as a share of the longer one. */
  roundness: number
  roughness: number
  /** Concentration of hematoxylin. */
  density: number
  densitySpread: number
  /** How pale the middle is against the rim, 0..1. */
  vesicular: number
  /** Whether a nucleolus shows. */
  nucleolus: boolean
}

export const nuclei = {
  luminal: {
    radiusUm: 4.1,
    sizeSpread: 0.1,
    roundness: 0.78,
    roughness: 0.04,
    density: 1.35,
    densitySpread: 0.12,
    vesicular: 0.25,
    nucleolus: false,
  },
  myoepithelial: {
    radiusUm: 4.4,
    sizeSpread: 0.15,
    roundness: 0.36,
    roughness: 0.05,
    density: 1.5,
    densitySpread: 0.15,
    vesicular: 0,
    nucleolus: false,
  },
  fibroblast: {
    radiusUm: 6.5,
    sizeSpread: 0.3,
    roundness: 0.2,
    roughness: 0.08,
    density: 1.15,
    densitySpread: 0.2,
    vesicular: 0,
    nucleolus: false,
  },
  lymphocyte: {
    radiusUm: 2.9,
    sizeSpread: 0.1,
    roundness: 0.93,
    roughness: 0.04,
    density: 1.75,
    densitySpread: 0.1,
    vesicular: 0,
    nucleolus: false,
  },
  inSitu: {
    radiusUm: 4.7,
    sizeSpread: 0.16,
    roundness: 0.84,
    roughness: 0.07,
    density: 1.45,
    densitySpread: 0.18,
    vesicular: 0.35,
    nucleolus: false,
  },
  invasive: {
    radiusUm: 5.6,
    sizeSpread: 0.32,
    roundness: 0.7,
    roughness: 0.16,
    density: 1.4,
    densitySpread: 0.3,
    vesicular: 0.5,
    nucleolus: true,
  },
} as const satisfies Record<string, NucleusKind>

/** Paints one nucleus with its chromatin; `turns` is the direction of its longer axis. */
export function paintNucleus(
  canvas: TissueCanvas,
  generator: KeyedGenerator,
  kind: NucleusKind,
  xUm: number,
  yUm: number,
  turns: number,
): void {
  const size = kind.radiusUm * Math.max(0.55, 1 + kind.sizeSpread * generator.nextNormal())
  const roundness = Math.min(1, kind.roundness * (1 + 0.12 * generator.nextNormal()))
  const density = kind.density * Math.max(0.5, 1 + kind.densitySpread * generator.nextNormal())
  const variant = generator.nextInteger(4096)
  const blob: Blob = {
    xUm,
    yUm,
    radiusUm: size,
    otherRadiusUm: size * roundness,
    turns,
    roughness: kind.roughness,
    lobes: 1.3,
    variant: variant * 0.37,
  }
  const softness = (0.5 * canvas.umPerPx) / blob.otherRadiusUm
  const grainX = variant * 7
  const grainY = variant * 3
  canvas.eachInside(blob, 1 + softness, (index, rho, xPx, yPx) => {
    const share = smoothStep(1 + softness, 1 - 2 * softness, rho)
    const middle = kind.vesicular * (1 - smoothStep(0.45, 0.9, rho))
    const clumps = canvas.noise.at((xPx + grainX) / 3.3, (yPx + grainY) / 3.3)
    const chromatin = 0.24 * clumps + 0.3 * canvas.grain.at(xPx + grainX, yPx + grainY)
    canvas.mix(index, 0.96 * share, density * (1 - middle) * (1 + chromatin), 0.22)
  })
  if (kind.nucleolus && size > kind.radiusUm * 0.9 && generator.nextFloat() < 0.6) {
    const radiusUm = 0.22 * size
    const spot: Blob = { ...blob, radiusUm, otherRadiusUm: radiusUm, roughness: 0 }
    canvas.eachInside(spot, 1.3, (index, rho) => {
      canvas.mix(index, 1 - smoothStep(0.7, 1.3, rho), density * 1.15, 0.45)
    })
  }
}

/** Paints the body of one cell, a pale patch with a soft edge. */
export function paintCytoplasm(canvas: TissueCanvas, blob: Blob, hematoxylin: number, eosin: number): void {
  canvas.eachInside(blob, 1.15, (index, rho, xPx, yPx) => {
    const grain = canvas.mottle(xPx, yPx)
    const share = 0.85 * (1 - smoothStep(0.8, 1.15, rho))
    canvas.mix(index, share, hematoxylin * (1 + 0.3 * grain), eosin * (1 + 0.2 * grain))
  })
}
