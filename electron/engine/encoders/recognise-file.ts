import { AppError } from '../../contract/errors.ts'
import { encoderNames, type EncoderName, type WeightsSource } from '../../contract/index.ts'
import { architectures } from './architectures.ts'
import { digests } from './encoder-record.ts'
import { expectedLayout, isHdf5, readKerasLayout, readKerasWeights } from './keras-file.ts'
import { officialWeights, probes } from './manifest.ts'
import { weightsFingerprint, type Weights } from './weights.ts'

export interface RecognisedFile {
  readonly name: EncoderName
  readonly source: WeightsSource
  readonly weights: Weights
  readonly fingerprint: string
  readonly sha256: string
}

/**
 * Recognises which encoder's weights a file contains: by the MD5 of an official file, otherwise (only with
 * `allowUnofficial`) by the number and shapes of its arrays. Untrained weights have the source `untrained` in any file, so
 * that they are never mistaken for trained ones.
 * @throws AppError `encoder.unknown-file`; `encoder.unofficial-file`; `encoder.invalid-file` with the layer's name;
 *   `path.not-found`, `path.unreadable`
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
  if (name === null)
    throw unknown(`its md5 is ${md5}, and its first layer fits no network that Lobule supports`)
  const architecture = architectures[name]
  const weights = await readKerasWeights(path, architecture)
  if (official === undefined && !options.allowUnofficial) {
    const { title, md5: expected } = officialWeights[name]
    throw new AppError('encoder.unofficial-file', { path, title, md5, official: expected })
  }
  const fingerprint = weightsFingerprint(architecture, weights)
  const untrained = fingerprint === probes[name].fingerprint
  const source = official !== undefined ? 'official' : untrained ? 'untrained' : 'unofficial'
  return { name, source, weights, fingerprint, sha256 }
}

/** The network whose layout has the longest common start with this one; null if no network fits the first layer. */
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
