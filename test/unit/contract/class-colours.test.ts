import { expect, it } from 'vitest'
import { parseClassScheme } from '../../../electron/contract/index.ts'

/**
 * Dichromats as simulated by Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
 * Vision Deficiency" (IEEE TVCG 2009), severity 1.0: matrices on linear sRGB, as their table prints them.
 */
const visions: Record<string, readonly (readonly [number, number, number])[]> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

type Triple = readonly [number, number, number]

const linear = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

function linearOf(colour: string): Triple {
  const channel = (place: number): number => linear(parseInt(colour.slice(place, place + 2), 16) / 255)
  return [channel(1), channel(3), channel(5)]
}

/** CIE L*a*b* (D65) of linear sRGB. */
function labOf(rgb: Triple): Triple {
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29)
  const x = f(dot([0.4124564, 0.3575761, 0.1804375], rgb) / 0.95047)
  const y = f(dot([0.2126729, 0.7151522, 0.072175], rgb))
  const z = f(dot([0.0193339, 0.119192, 0.9503041], rgb) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const seenAs = (colour: string, vision: string): Triple => {
  const rgb = linearOf(colour)
  const [r, g, b] = (visions[vision] ?? []).map((row) => Math.min(1, Math.max(0, dot(row, rgb))))
  return labOf([r ?? 0, g ?? 0, b ?? 0])
}

/** CIE 1976 distance: 2.3 is just noticeable side by side. */
const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

function closest(colours: readonly string[], vision: string): number {
  const seen = colours.map((colour) => seenAs(colour, vision))
  return Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map((b) => distance(a, b))))
}

const coloursOf = (count: number): string[] =>
  parseClassScheme(Array.from({ length: count }, (_, i) => `class ${i}`).join(',')).map(
    ({ colour }) => colour,
  )

it('measures known values: white, black, and a red that looks darker to a protanope', () => {
  expect(labOf(linearOf('#ffffff'))).toEqual([
    expect.closeTo(100, 2),
    expect.closeTo(0, 1),
    expect.closeTo(0, 1),
  ])
  expect(distance(labOf(linearOf('#ffffff')), labOf(linearOf('#000000')))).toBeCloseTo(100, 2)
  expect(seenAs('#ff0000', 'protanopia')[0]).toBeLessThan(labOf(linearOf('#ff0000'))[0] - 10)
  // Distinct for all but a deuteranope.
  expect(closest(['#a06000', '#708000'], 'usual')).toBeGreaterThan(25)
  expect(closest(['#a06000', '#708000'], 'deuteranopia')).toBeLessThan(12)
})

it.each(Object.keys(visions))('keeps class colours distinct: %s', (vision) => {
  // More than six times the just noticeable difference: visible at a glance, also on a small mark. (Shapes differ
  // too.)
  expect(closest(coloursOf(8), vision)).toBeGreaterThan(15)
})
