import type { Handlers, ImageView, LeakReport } from '../../../../electron/contract/index.ts'

interface Known {
  images: () => readonly ImageView[]
  run: (title: string, finish: () => unknown) => { jobId: number }
}

/** Leaks of a made-up workspace: before a comparison only what names tell. */
export function leakHandlers(known: Known): Pick<Handlers, 'leak.report' | 'leak.compare'> {
  let isCompared = false
  const nameOf = ({ id, fileName, caseName }: ImageView): LeakReport['copies'][number]['first'] => ({
    imageId: id,
    fileName,
    caseName,
  })
  return {
    'leak.compare': () =>
      known.run('Look for leaks', () => {
        isCompared = true
        const imageIds = known.images().map(({ id }) => id)
        return { imageIds, withoutDetail: 0, copies: [], copyCount: 0, failed: [], durationMs: 900 }
      }),
    'leak.report': () => {
      const [first, , , second] = known.images()
      const hasCopy = isCompared && first !== undefined && second !== undefined
      return {
        compared: isCompared
          ? {
              at: '2026-11-30T09:00:00.000Z',
              images: known.images().length,
              notCompared: 0,
              withoutDetail: 0,
              withinCases: 3,
            }
          : null,
        copies: hasCopy
          ? [
              {
                first: nameOf(first),
                second: nameOf(second),
                correlation: 0.98,
                overlap: 1,
                scale: 2,
                turn: 0,
                isMirrored: true,
              },
            ]
          : [],
        similarCases: [{ cases: ['S21-0142A', 'S21-0142B'], difference: 'suffix' }],
        siblings: [],
        publicSets: [],
        magnifications: [],
        encoders: [],
        models: [
          { model: 'first look', earlier: 0 },
          { model: 'model-2', earlier: 1 },
        ],
      }
    },
  }
}
