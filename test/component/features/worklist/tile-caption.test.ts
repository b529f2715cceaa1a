import { screen } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import TileCaption from '../../../../renderer/features/worklist/TileCaption.svelte'
import type { ImageView } from '../../../../electron/contract/index.ts'
import { image, verdict } from '../../support/views.ts'
import { show } from '../../support/kit.ts'

const caption = (shown: ImageView): void =>
  void show(TileCaption, {
    image: shown,
    imageState: 'suggested',
    failure: null,
    classOf: () => undefined,
    hasName: false,
  })

test('marks synthetic tissue and untrained encoders where there is no room for the words', () => {
  caption(image(1, { synthetic: true, verdict: verdict({ weights: 'untrained' }) }))
  screen.getByRole('img', { name: 'Synthetic' })
  screen.getByRole('img', { name: 'Untrained' })
})

test('has neither mark on real tissue with official weights', () => {
  caption(image(1, { synthetic: false, verdict: verdict() }))
  expect(screen.queryByRole('img', { name: 'Synthetic' })).toBeNull()
  expect(screen.queryByRole('img', { name: 'Untrained' })).toBeNull()
})
