import { EncoderStore } from './encoder-store.ts'

export interface WeightFile {
  /** The user's data folder, which holds the encoders. */
  homeDirectory: string
  path: string
  /** Accepts files of the right layout with another hash; they are marked as unofficial. */
  allowUnofficial: boolean
}

/**
 * Installs the weights of one file and returns the name of the encoder.
 * @throws AppError `encoder.unknown-file`, `encoder.invalid-file`, `path.*`
 */
export async function importWeightFile({
  homeDirectory,
  path,
  allowUnofficial,
}: WeightFile): Promise<string> {
  const { installed, refused } = await new EncoderStore(homeDirectory).importFiles([path], {
    allowUnofficial,
  })
  const [entry] = installed
  if (entry === undefined) throw refused[0]?.error ?? new Error(`${path} was neither installed nor refused`)
  return entry.name
}
