import {
  slideAgeSentence,
  slideCaveatBeside,
  slideLikenessSentence,
  suggestionSentence,
  weightsMark,
  type SlideAnalysis,
} from '../../contract/index.ts'
import { counted, fileFormat } from '../format.ts'
import { noValue, note, numberColumn, paragraph, textColumn, type FileBlock } from '../report-model.ts'

const { number, percent, score: decimals, threshold } = fileFormat
const area = (mm2: number): string => `${number(mm2)} mm²`

/** The key of the picture of a slide's map. */
export const slideMapKey = ({ id }: Pick<SlideAnalysis, 'id'>): string => `slide-map-${id}`

/** What an analysis found in a slide: its map, areas by class, and the places worth a look. */
export function slideBlocks(analysis: SlideAnalysis): FileBlock[] {
  const { summary, grid, places, weights, region, tissueSource, suggestion } = analysis
  const { abovePoint, score95, worthALook } = summary
  const asked = analysis.outOfFold ? '; only classifiers that were not trained on this slide were used' : ''
  const age = slideAgeSentence(analysis)
  return [
    paragraph({ kind: 'strong', text: 'Map of the slide' }),
    ...(age === null ? [] : [paragraph(age)]),
    ...(suggestion === null ? [] : [paragraph(suggestionSentence(suggestion, percent))]),
    paragraph(slideCaveatBeside(analysis)),
    {
      kind: 'pictures',
      pictures: [{ key: slideMapKey(analysis), lines: [`Map by ${analysis.modelName}`] }],
    },
    {
      kind: 'table',
      label: 'Areas by suggested class',
      hasRowHeads: true,
      columns: [textColumn('Class'), ...['Area', 'Share of tissue', 'Largest region'].map(numberColumn)],
      rows: summary.classes.map(({ className, areaMm2, share, largest }) => ({
        cells: [className, area(areaMm2), percent(share), largest === null ? noValue : area(largest.areaMm2)],
      })),
    },
    paragraph(slideLikenessSentence),
    {
      kind: 'facts',
      facts: [
        [
          'Tissue',
          `${area(summary.tissueMm2)}${tissueSource === 'drawn' ? ', drawn by readers' : ''}; ${area(summary.analysedMm2)} analysed`,
        ],
        [
          'Places',
          `${counted(fileFormat, places, 'square')} of ${number(grid.placeUm)} µm, ${number(grid.strideUm)} µm apart${region === null ? '' : ', in a region only'}`,
        ],
        ...(abovePoint === null
          ? []
          : [
              [
                'At or above the operating point',
                `${threshold(abovePoint.threshold)}: ${counted(fileFormat, abovePoint.places, 'place')}, ${area(abovePoint.areaMm2)}`,
              ] as const,
            ]),
        ...(score95 === null ? [] : [['95th percentile of the score', decimals(score95)] as const]),
        [
          'Map by model',
          `${analysis.modelName} (${weightsMark(weights)} weights), ${analysis.at.slice(0, 16).replace('T', ' ')} UTC${asked}`,
        ],
      ],
    },
    ...(worthALook.length === 0
      ? []
      : [
          {
            kind: 'table',
            label: 'Places worth a look',
            caption: 'Places worth a look',
            hasRowHeads: false,
            columns: [
              numberColumn('Place'),
              textColumn('Suggested class'),
              numberColumn('Two-class score'),
              numberColumn('Left, top (px)'),
            ],
            rows: worthALook.map(({ suggested, carcinomaScore, left, top }, index) => ({
              cells: [
                String(index + 1),
                suggested,
                carcinomaScore === null ? noValue : decimals(carcinomaScore),
                `${Math.round(left)}, ${Math.round(top)}`,
              ],
            })),
          } as const,
        ]),
    note('Areas are those of the squares that the places represent, weighted by their tissue.'),
  ]
}
