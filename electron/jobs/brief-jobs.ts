import { z } from 'zod'
import type { JobKind } from '../contract/index.ts'

/** A classification of so many images is waited for before the screen; one of more is a batch. */
const fewImages = 4

const fewSchema = z.object({ imageIds: z.array(z.unknown()).max(fewImages) })

/** Whether somebody waits for a job before the screen: the heat map of an image, the verdicts of a few. */
export const isBrief = (kind: JobKind, input: unknown): boolean =>
  kind === 'explain' || (kind === 'classify' && fewSchema.safeParse(input).success)

/**
 * Long work that neither changes nor removes what a brief job reads (files of images, weights, models), so that one
 * may run beside it, in a compute process of its own.
 */
const roomy: readonly JobKind[] = ['train', 'classify', 'encode', 'import', 'demo']

export const leavesRoom = (kind: JobKind): boolean => roomy.includes(kind)
