import { formatCount, formatNumber } from '../format.ts'

const regions = (count: number): string => `${formatCount(count)} ${count === 1 ? 'region' : 'regions'}`

export const regionsStrings = {
  regions: {
    title: 'Regions',
    none: 'Nothing is drawn on this image yet.',
    list: 'Regions of this image',
    draw: 'Draw a region',
    kinds: { rectangle: 'Rectangle', polygon: 'Polygon', line: 'Line', point: 'Point' },
    severalPoints: (count: number) => `${formatCount(count)} points`,
    longLine: (count: number) => `Line, ${formatCount(count)} points`,
    severalParts: (count: number) => `Polygon, ${formatCount(count)} parts`,
    how: {
      rectangle: 'Press, drag, release; or set two corners at the cross with Enter.',
      polygon:
        'Press for each corner, or Enter at the cross; close by the first corner, a double click or Shift+Enter.',
      line: 'Ruler: press, drag, release; or press twice; or Enter at the cross, twice.',
      point: 'Press, or Enter at the cross.',
    },
    noClass: 'No class',
    class: 'Class of the region',
    name: 'Name',
    comment: 'Comment',
    area: (um2: number) => (um2 >= 1e5 ? `${formatNumber(um2 / 1e6)} mm²` : `${formatNumber(um2)} µm²`),
    areaPx: (px: number) => `${formatNumber(px)} px²`,
    length: (um: number) => (um >= 1000 ? `${formatNumber(um / 1000)} mm` : `${formatNumber(um)} µm`),
    lengthPx: (px: number) => `${formatNumber(px)} px`,
    extent: (area: string, length: string) => `${area}, outline ${length}`,
    by: (reader: string, when: string) => `by ${reader}, ${when}`,
    drawnBy: (reader: string) => `drawn by ${reader}`,
    goTo: 'Show it',
    delete: 'Delete',
    drawn: (kind: string) => `${kind} drawn.`,
    measured: (length: string) => `Measured ${length}.`,
    classed: (className: string | null) =>
      className === null ? 'Class removed.' : `Region set to ${className}.`,
    deleted: 'Region deleted.',
    changed: 'Region changed.',
    undone: {
      add: (count: number) => `${regions(count)} taken back.`,
      change: (count: number) => `The change of ${regions(count)} was taken back.`,
      delete: (count: number) => `${regions(count)} brought back.`,
      several: (count: number) => `The change of ${regions(count)} was taken back.`,
    },
    keysHint: (keys: string) =>
      `While a region is chosen, ${keys} set its class and Del deletes it. Esc lets go.`,
    import: 'Import…',
    importTip: 'Import regions from a GeoJSON file, such as QuPath writes',
    export: 'Export…',
    exportTip: 'Export the regions as GeoJSON, such as QuPath reads',
    exportTitle: 'Export the regions',
    exportText: 'GeoJSON as QuPath reads it, in pixels of the full-resolution image.',
    exported: (count: number, path: string) => `${regions(count)} written to ${path}.`,
    replace: 'Replace it',
    imported: (added: number, changed: number, known: number) =>
      [
        `${regions(added)} imported`,
        changed === 0 ? '' : `${formatCount(changed)} changed`,
        known === 0 ? '' : `${formatCount(known)} known already`,
      ]
        .filter((part) => part !== '')
        .join(', ') + '.',
    unknownClasses: (names: string) => `Without a class, since this workspace has none such: ${names}.`,
    refused: (count: number, first: string) =>
      `${formatCount(count)} ${count === 1 ? 'feature was' : 'features were'} not taken; the first: ${first}.`,
    tooLarge:
      'This file is too large for the page. Import it with "lobule regions import IMAGE FILE --reader NAME".',
    keys: {
      draw: 'Rectangle, polygon, point',
      ruler: 'Ruler: a line that is kept',
      corner: 'Set a corner at the cross',
      neighbour: 'Next or previous region',
      close: 'Close the polygon',
      nudge: 'Move the chosen region',
    },
  },
} as const
