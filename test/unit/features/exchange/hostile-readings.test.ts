import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hasCode, readingsVersion, type ErrorCode } from '../../../../electron/contract/index.ts'
import { chainHead } from '../../../../electron/store/index.ts'
import { labelLine, readingsFileText } from '../../../support/readings-file.ts'
import { hashOf, inRoot, label, make, receive } from './sides.ts'

describe('a file from outside', () => {
  const image = hashOf(0)
  const line = labelLine(image)
  const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 }
  const regions = (more: object, geometry: unknown = square): object => ({
    ...{ type: 'regions', image, reader: 'gina', at: line.at, orderMs: line.orderMs, undoes: null },
    entries: [
      {
        ...{ uuid: '0e9b8b5a-4a5e-4a39-9b46-0a52a1a6d1c0', geometry },
        ...{ className: null, name: null, comment: null },
      },
    ],
    ...more,
  })
  const text = (...lines: unknown[]): string => readingsFileText([image], lines)
  const future = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString()
  const refusals: [string, ErrorCode, () => string][] = [
    ['is empty', 'readings.invalid', () => ''],
    ['is not JSON', 'readings.invalid', () => 'label,reader\n'],
    ['is something else', 'readings.invalid', () => '{"type":"FeatureCollection"}\n'],
    [
      'is of a newer version',
      'readings.newer',
      () => readingsFileText([], [], { version: readingsVersion + 1 }),
    ],
    ['has a field too many', 'readings.invalid', () => readingsFileText([], [], { ['x' as 'type']: 1 })],
    ['was cut off', 'readings.invalid', () => text(line).slice(0, -200)],
    ['lacks its end', 'readings.invalid', () => text(line).split('\n').slice(0, -2).join('\n') + '\n'],
    ['was changed', 'readings.invalid', () => text(line).replace('Benign', 'Normal')],
    ['has something behind its end', 'readings.invalid', () => `${text(line)}{"type":"end"}\n`],
    [
      'has fewer lines than it says',
      'readings.invalid',
      () => readingsFileText([image], [line], { entries: 2 }),
    ],
    ['has an entry twice', 'readings.invalid', () => text(line, line)],
    ['has an image twice', 'readings.invalid', () => readingsFileText([image, image], [])],
    ['has an entry on an image that is not listed', 'readings.invalid', () => readingsFileText([], [line])],
    [
      'undoes what is not there',
      'readings.invalid',
      () => text(labelLine(image, { undoes: 'c'.repeat(64) })),
    ],
    ['is of the future', 'readings.invalid', () => text(labelLine(image, { at: future }))],
    ['has a place before its time', 'readings.invalid', () => text(labelLine(image, { orderMs: 5 }))],
    ['has a class of an unsure reader', 'readings.invalid', () => text(labelLine(image, { isUnsure: true }))],
    [
      'has a blind adjudication',
      'readings.invalid',
      () => text(labelLine(image, { kind: 'adjudication', isBlind: true })),
    ],
    [
      'comments on no label',
      'readings.invalid',
      () =>
        text({
          ...{ type: 'comment', image, reader: 'g', at: line.at, orderMs: line.orderMs },
          undoes: null,
          label: 'd'.repeat(64),
          comment: 'x',
        }),
    ],
    ['has a very long name', 'readings.invalid', () => text(labelLine(image, { reader: 'x'.repeat(500) }))],
    ['has a region outside its image', 'region.invalid', () => text(regions({}, { ...square, right: 1e6 }))],
    [
      'has a geometry in another form than the stored one',
      'readings.invalid',
      () =>
        text(
          regions(
            {},
            {
              kind: 'polygon',
              parts: [
                [
                  [1, 1],
                  [9, 1],
                  [9, 9],
                  [1, 9],
                ].map((at) => at),
              ],
            },
          ),
        ),
    ],
    ['has a region with NaN', 'readings.invalid', () => text(regions({}, { ...square, right: null }))],
    [
      'has a class that is not known here',
      'classes.unknown',
      () => text(labelLine(image, { className: 'Cyst' })),
    ],
    [
      'has a reader who could be taken for another',
      'reader.looks-alike',
      () => text(labelLine(image, { reader: 'аda' })),
    ],
  ]
  it.each(refusals)('that %s is refused, and nothing is changed', async (_what, code, content) => {
    const workspace = make('w', [0])
    label(workspace, 'ada', 0, 'Benign')
    const head = chainHead(workspace.database)
    const path = inRoot('x.jsonl')
    writeFileSync(path, content())
    await expect(receive(workspace, path)).rejects.toSatisfy((error) => hasCode(error, code))
    expect(chainHead(workspace.database)).toEqual(head)
  })

  it('may not move a region to another image', async () => {
    const workspace = make('w', [0, 1])
    const path = inRoot('x.jsonl')
    writeFileSync(path, readingsFileText([hashOf(0)], [regions({})]))
    await receive(workspace, path)
    const other = inRoot('y.jsonl')
    writeFileSync(other, readingsFileText([hashOf(1)], [regions({ image: hashOf(1) })]))
    await expect(receive(workspace, other)).rejects.toSatisfy((error) => hasCode(error, 'readings.invalid'))
  })
})
