import { regions } from './counts.ts'
import { formatCount, formatNumber } from './format.ts'

export const regionsStrings = {
  regions: {
    title: 'Regions',
    none: 'This image has no regions yet.',
    list: 'Regions of this image',
    draw: 'Draw a region',
    kinds: { rectangle: 'Rectangle', polygon: 'Polygon', line: 'Line', point: 'Point' },
    severalPoints: (count: number) => `${formatCount(count)} points`,
    longLine: (count: number) => `Line, ${formatCount(count)} points`,
    severalParts: (count: number) => `Polygon, ${formatCount(count)} parts`,
    how: {
      rectangle: 'Click and drag. With the keyboard: press Enter at the crosshair for each of two corners.',
      polygon:
        'Click each corner, or press Enter at the crosshair. Close the polygon at its first corner, with a double click or with Shift+Enter.',
      line: 'Ruler: click and drag, click twice, or press Enter twice at the crosshair.',
      point: 'Click, or press Enter at the crosshair.',
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
    goTo: 'Show in image',
    delete: 'Delete',
    drawn: (kind: string) => `${kind} drawn.`,
    measured: (length: string) => `Measured ${length}.`,
    classed: (className: string | null) =>
      className === null ? 'Class removed.' : `Region set to ${className}.`,
    deleted: 'Region deleted.',
    deletedAlready: 'The region is deleted, and your label is kept. Delete pressed once more withdraws it.',
    changed: 'Region changed.',
    keysToRegion: 'set the class of the region, not the label of the image.',
    keysBack: 'deselects it.',
    penAway: 'puts the tool away.',
    import: 'Import…',
    importTip: 'Import regions from a GeoJSON file, for example from QuPath',
    export: 'Export…',
    exportTip: 'Export the regions as GeoJSON, for example for QuPath',
    exportTitle: 'Export the regions',
    exportText: 'GeoJSON that QuPath can read. Coordinates are pixels of the full-resolution image.',
    exported: (count: number, path: string) => `${regions(count)} written to ${path}.`,
    nothingInFile: 'Nothing was imported: this file has no regions.',
    imported: (added: number, changed: number, known: number) =>
      [
        `${regions(added)} imported`,
        changed === 0 ? '' : `${formatCount(changed)} changed`,
        known === 0 ? '' : `${formatCount(known)} already present`,
      ]
        .filter((part) => part !== '')
        .join(', ') + '.',
    unknownClasses: (names: string) => `Without a class, because this workspace has no class ${names}.`,
    refused: (count: number, first: string) =>
      `${formatCount(count)} ${count === 1 ? 'feature was' : 'features were'} not imported. First reason: ${first}.`,
    notUtf8: (file: string) =>
      `${file} is not UTF-8, so nothing was imported. Save it as UTF-8, or say that it is Windows-1252, as some older programs write.`,
    asWindows1252: 'It is Windows-1252',
    tooLarge:
      'This file is too large to import here. Use the command line: "lobule regions import IMAGE FILE --reader NAME".',
  },
} as const
