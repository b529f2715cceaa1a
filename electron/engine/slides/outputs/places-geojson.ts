import { at } from '../../../base/arrays.ts'
import { sha256 } from '../../../base/sha256.ts'
import {
  researchUseSentence,
  type RegionGeometry,
  type RegionPoint,
  carcinomaScore,
  placeGeometry,
} from '../../../contract/index.ts'
import { argmax } from '../../evaluation/accuracy.ts'
import { channelsOf, descriptionKey, featureCollection, geojsonGeometry } from '../../regions/geojson.ts'
import { traceCells } from '../../regions/trace-cells.ts'
import { connectPlaces } from '../connected-places.ts'
import type { SlideMap } from '../slide-map.ts'
import { shortest } from './places-csv.ts'

interface GeojsonOptions {
  /** SHA-256 of the map: the ids of features depend on it and on the place, so that a second export has the same. */
  readonly mapSha256: string
  readonly modelName: string
  /** `#rrggbb` of each class of the model; null: unknown to the class scheme. */
  readonly colours: readonly (string | null)[]
}

/**
 * Each place as a tile of QuPath 0.4 and later (`objectType: tile`, https://github.com/qupath/qupath/wiki, PathObjectTypeAdapters): the
 * square that it represents, cut at the edges of the slide, so that tiles do not overlap; its suggested class; its
 * probabilities, carcinoma score, likeness and share of tissue as measurements.
 */
export function tilesGeojson(map: SlideMap, options: GeojsonOptions): string {
  const { strideSquareOf } = placeGeometry(map)
  const { classes, isPositive, likeness, tissueShare, augmentations, widthPx, heightPx } = map
  const features = Array.from(map.cells, (cell, place) => {
    const { left, top, edge } = strideSquareOf(cell)
    const own = probabilitiesOf(map, place)
    const score = carcinomaScore(own, isPositive)
    return JSON.stringify({
      type: 'Feature',
      id: uuidOf(`${options.mapSha256} tile ${cell}`),
      geometry: geojsonGeometry({
        kind: 'rectangle',
        left: hundredth(Math.max(0, left)),
        top: hundredth(Math.max(0, top)),
        right: hundredth(Math.min(widthPx, left + edge)),
        bottom: hundredth(Math.min(heightPx, top + edge)),
      }),
      properties: {
        objectType: 'tile',
        classification: classification(classes, options.colours, argmax(own)),
        measurements: {
          ...Object.fromEntries(classes.map((name, c) => [`prob_${name}`, shortest(own[c] ?? 0)])),
          ...(score === null ? {} : { 'Carcinoma score': shortest(score) }),
          ...(likeness === null ? {} : { Likeness: shortest(at(likeness, place)) }),
          'Tissue share': shortest(at(tissueShare, place)),
          ...(augmentations === null ? {} : { Augmentations: at(augmentations, place) }),
        },
      },
    })
  })
  return featureCollection(features)
}

/**
 * Neighbouring places of one class merged, as annotations of QuPath: each a polygon with holes around the squares that the
 * places represent, cut at the edges of the slide, with its tissue in mm2 and its places as measurements.
 */
export function outlinesGeojson(map: SlideMap, options: GeojsonOptions): string {
  const suggested = Array.from(map.cells.keys(), (place) => argmax(probabilitiesOf(map, place)))
  const strideMm2 = map.grid.strideUm ** 2 / 1e6
  const features = connectPlaces(map.cells, suggested, map.grid.columns).map(({ kind, members }) => {
    const cells = members.map((place) => at(map.cells, place))
    const shares = members.map((place) => at(map.tissueShare, place))
    return JSON.stringify({
      type: 'Feature',
      id: uuidOf(`${options.mapSha256} outline ${at(cells, 0)}`),
      geometry: geojsonGeometry(outlineOf(map, cells)),
      properties: {
        objectType: 'annotation',
        classification: classification(map.classes, options.colours, kind),
        isLocked: true,
        measurements: {
          'Tissue mm^2': shortest(shares.reduce((sum, share) => sum + share, 0) * strideMm2),
          Places: members.length,
        },
        metadata: {
          [descriptionKey]: `Suggested class by the model "${options.modelName}". ${researchUseSentence}`,
        },
      },
    })
  })
  return featureCollection(features)
}

const probabilitiesOf = ({ probabilities, classes }: SlideMap, place: number): Float32Array =>
  probabilities.subarray(place * classes.length, (place + 1) * classes.length)

function outlineOf(map: SlideMap, cells: readonly number[]): RegionGeometry {
  const { left, top, edge } = placeGeometry(map).strideSquareOf(0)
  const position = ([column, row]: RegionPoint): RegionPoint => [
    hundredth(Math.min(map.widthPx, Math.max(0, left + column * edge))),
    hundredth(Math.min(map.heightPx, Math.max(0, top + row * edge))),
  ]
  const rings = traceCells(cells, map.grid.columns)
  return { kind: 'polygon', parts: [rings.map((ring) => ring.map(position))] }
}

const classification = (
  classes: readonly string[],
  colours: readonly (string | null)[],
  index: number,
): { name: string; color: number[] } => ({
  name: at(classes, index),
  color: channelsOf(colours[index] ?? '#7f7f7f'),
})

/** Of a pixel, as QuPath rounds. */
const hundredth = (value: number): number => Math.round(value * 100) / 100

/** A UUID that depends on a text alone: version 8 (RFC 9562, section 5.8), from its SHA-256. */
function uuidOf(text: string): string {
  const digits = sha256(text)
  const variant = ((Number.parseInt(digits.slice(16, 17), 16) & 3) | 8).toString(16)
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-')
}
