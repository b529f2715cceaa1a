import { AppError } from '../../contract/errors.ts'
import { encoderNames, type EncoderName, type WeightSource } from '../../contract/index.ts'
import { architectures } from './architectures.ts'
import { digests } from './encoder-record.ts'
import { expectedLayout, isHdf5, readKerasLayout, readKerasWeights } from './keras-file.ts'
import { officialWeights, probes } from './manifest.ts'
import { weightsFingerprint, type Weights } from './weights.ts'

export interface RecognisedFile {
  readonly name: EncoderName
  readonly source: WeightSource
  readonly weights: Weights
  readonly fingerprint: string
  readonly sha256: string
}

/**
 * Which encoder's weights a file holds, by its content: the md5 of an official file, else (only with
 * `allowUnofficial`) the number and shapes of its arrays. The untrained weights stay `demo`, even in a file
 * from elsewhere: they must never pass as trained ones.
 * encoder.unknown-file; encoder.invalid-file, naming the layer; path.not-found, path.unreadable.
 */
export async function recogniseFile(
  path: string,
  options: { allowUnofficial: boolean },
): Promise<RecognisedFile> {
  const unknown = (reason: string) => new AppError('encoder.unknown-file', { path, reason })
  if (!(await isHdf5(path))) throw unknown('it is not an HDF5 file')
  const { md5, sha256 } = await digests(path)
  const official = encoderNames.find((name) => officialWeights[name].md5 === md5)
  const name = official ?? closestByLayout(await readKerasLayout(path))
  if (name === null) throw unknown(`its md5 is ${md5}, and its first layer is that of no network known here`)
  const architecture = architectures[name]
  const weights = await readKerasWeights(path, architecture)
  if (official === undefined && !options.allowUnofficial) {
    const { title, md5: expected } = officialWeights[name]
    throw unknown(
      `it has the layers of ${title}, but its md5 is ${md5} instead of ${expected}; a file that you trust is taken with --allow-unofficial`,
    )
  }
  const fingerprint = weightsFingerprint(architecture, weights)
  const untrained = fingerprint === probes[name].fingerprint
  const source = official !== undefined ? 'keras' : untrained ? 'demo' : 'unofficial'
  return { name, source, weights, fingerprint, sha256 }
}

/** The network with which the layout agrees for longest from the start; null where it agrees with none. */
function closestByLayout(layout: readonly string[]): EncoderName | null {
  let closest: EncoderName | null = null
  let longest = 0
  for (const name of encoderNames) {
    const expected = expectedLayout(architectures[name])
    const differs = expected.findIndex((shape, index) => shape !== layout[index])
    const length = differs === -1 ? expected.length : differs
    if (length > longest) [closest, longest] = [name, length]
  }
  return closest
}
