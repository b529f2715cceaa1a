import { expect, it } from 'vitest'
import { filmStripStrings } from '../../../../renderer/words/film-strip.ts'

const none = { label: null, suggested: null, isHidden: false, marks: [] }

it('says all of an image in the strip that its signs show', () => {
  const words = filmStripStrings.filmStrip.image
  expect(words('a.png', none)).toBe('a.png, no label')
  expect(words('a.png', { ...none, isHidden: true })).toBe('a.png, hidden until you label it')
  expect(
    words('a.png', { ...none, label: 'Benign', suggested: 'InSitu', marks: ['Synthetic', 'Untrained'] }),
  ).toBe('a.png, label Benign, suggested class InSitu, synthetic, untrained')
})
