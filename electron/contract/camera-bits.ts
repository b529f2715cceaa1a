import { z } from 'zod'

/** Bits of cameras whose values are stored in 16 bits. */
export const cameraBitsOptions = [10, 12, 14] as const
export const cameraBitsSchema = z.literal(cameraBitsOptions)
/** The bits of a camera whose values a picture of 16 bits has: its largest value, such as 4095 of 12 bits, is read as white. */
export type CameraBits = z.infer<typeof cameraBitsSchema>

export const maxCameraValue = (bits: CameraBits): number => 2 ** bits - 1
