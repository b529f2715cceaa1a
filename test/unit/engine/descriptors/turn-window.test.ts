import { expect, test } from 'vitest'
import { cutCrop, turnRaster, type Pose } from '../../../../electron/engine/crops/index.ts'
import { turnWindow } from '../../../../electron/engine/descriptors/turn-window.ts'
import { probeImage } from '../../../../electron/engine/encoders/index.ts'

const upright: Pose = { quarterTurns: 0, flipVertical: false, flipHorizontal: false }
const turns = ([0, 1, 2, 3] as const).flatMap((quarterTurns) =>
  [false, true].flatMap((flipVertical) =>
    [false, true].map((flipHorizontal): Pose => ({ quarterTurns, flipVertical, flipHorizontal })),
  ),
)

test('worked by hand: a quarter turn counter-clockwise brings the right edge to the top', () => {
  const window = { leftPx: 7, topPx: 1, widthPx: 3, heightPx: 2 }
  const turned = turnWindow(window, { widthPx: 10, heightPx: 5 }, { ...upright, quarterTurns: 1 })
  expect(turned).toEqual({ leftPx: 1, topPx: 0, widthPx: 2, heightPx: 3 })
})

test.each(turns)('a crop of the turned image is the turned crop: %o', (turn) => {
  const picture = probeImage(23, 17)
  const square = { leftPx: 4, topPx: 9, widthPx: 6, heightPx: 6 }
  const expected = turnRaster(cutCrop(picture, { left: 4, top: 9, sizePx: 6, ...upright }), turn)
  const { leftPx, topPx } = turnWindow(square, picture, turn)
  expect(cutCrop(turnRaster(picture, turn), { left: leftPx, top: topPx, sizePx: 6, ...upright })).toEqual(
    expected,
  )
})
