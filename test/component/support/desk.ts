import { expect } from 'vitest'
import type { ImageView } from '../../../electron/contract/index.ts'
import { Alerts } from '../../../renderer/state/alerts.svelte.ts'
import type { LabelInput } from '../../../renderer/state/images.svelte.ts'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'
import { Review, type ReviewContext } from '../../../renderer/state/review.svelte.ts'
import { image, verdict } from './views.ts'
import { waitFor } from '../../support/waiting.ts'

/** The parts of the page's state that a review uses, over the images 1 to 3; each label waits for `save`. */
export class Desk {
  readonly alerts = new Alerts()
  readonly navigation = new Navigation()
  readonly reader = 'Ada'
  readonly saved: (readonly [imageId: number, said: LabelInput])[] = []
  readonly comments: (readonly [imageId: number, comment: string | null])[] = []
  readonly adjudicated: (readonly [imageId: number, className: string | null, reason: string | null])[] = []
  images = new Map<number, ImageView>([1, 2, 3].map((id) => [id, image(id, { verdict: verdict() })]))
  save: () => boolean | Promise<boolean> = () => true
  readonly parts: ReviewContext
  readonly review: Review

  constructor() {
    const round = [1, 2, 3]
    const worklist = {
      round,
      placeOf: (imageId: number) => {
        const index = round.indexOf(imageId)
        return {
          place: index + 1,
          count: 3,
          previous: round[index - 1] ?? null,
          next: round[index + 1] ?? null,
        }
      },
    }
    const save = async ([imageId = 0]: readonly number[], said: LabelInput): Promise<boolean> => {
      const isSaved = await this.save()
      if (isSaved) this.saved.push([imageId, said])
      return isSaved
    }
    const comment = async (imageId: number, written: string | null): Promise<boolean> => {
      this.comments.push([imageId, written])
      return this.save()
    }
    const adjudicate = async (
      [imageId = 0]: readonly number[],
      className: string | null,
      reason: string | null,
    ): Promise<boolean> => {
      const isSaved = await this.save()
      if (isSaved) this.adjudicated.push([imageId, className, reason])
      return isSaved
    }
    this.parts = {
      alerts: this.alerts,
      navigation: this.navigation,
      reader: this.reader,
      images: { find: (imageId: number) => this.images.get(imageId) },
      worklist,
      labelling: { save, comment, adjudicate },
    }
    this.review = new Review(this.parts)
    this.review.advances = false
  }

  async settled(): Promise<void> {
    await waitFor(() => {
      expect(this.review.isSaving).toBe(false)
    })
  }
}
