import { AppError } from '../../contract/errors.ts'
import { builtInEncoders, type BuiltInEncoder, type WeightsSource } from '../../contract/index.ts'
import type { WeightFormat } from './architecture.ts'
import { architectures } from './architectures.ts'
import { digests } from './encoder-record.ts'
import { expectedLayout, isHdf5, readKerasLayout } from './keras-file.ts'
import { officialWeights, probes } from './manifest.ts'
import { expectedTorchLayout, isTorchFile, readTorchLayout } from './torch-file.ts'
import { readHead } from './weight-files.ts'
import { readWeightFile } from './read-weight-file.ts'
import { weightsFingerprint, type Weights } from './weights.ts'

export interface RecognisedFile {
  readonly name: BuiltInEncoder
  readonly source: WeightsSource
  readonly weights: Weights
  readonly fingerprint: string
  readonly sha256: string
}

/**
 * Recognises which encoder's weights a file contains: by the MD5 of an official file, otherwise (only with
 * `allowUnofficial`) by the number and shapes of its arrays, and in PyTorch's files by their names. Untrained weights have the source `untrained` in any file, so
 * that they are never mistaken for trained ones.
 * @throws AppError `encoder.unknown-file`; `encoder.unofficial-file`; `encoder.invalid-file` with the layer's name;
 *   `path.not-found`, `path.unreadable`
 */
export async function recogniseFile(
  path: string,
  options: { allowUnofficial: boolean },
): Promise<RecognisedFile> {
  const unknown = (reason: string) => new AppError('encoder.unknown-file', { path, reason })
  const format = await formatOf(path)
  if (format === null) throw unknown(await otherFormat(path))
  const { md5, sha256 } = await digests(path)
  const official = builtInEncoders.find((name) => officialWeights[name].md5 === md5)
  const name = official ?? (await closestByLayout(path, format))
  if (name === null)
    throw unknown(`its md5 is ${md5}, and its first layer fits no network that Lobule supports`)
  const architecture = architectures[name]
  const weights = await readWeightFile(path, architecture)
  if (official === undefined && !options.allowUnofficial) {
    const { title, md5: expected } = officialWeights[name]
    throw new AppError('encoder.unofficial-file', { path, title, md5, official: expected })
  }
  const fingerprint = weightsFingerprint(architecture, weights)
  const untrained = fingerprint === probes[name].fingerprint
  const source = official !== undefined ? 'official' : untrained ? 'untrained' : 'unofficial'
  return { name, source, weights, fingerprint, sha256 }
}

async function formatOf(path: string): Promise<WeightFormat | null> {
  if (await isHdf5(path)) return 'keras'
  return (await isTorchFile(path)) ? 'torch' : null
}

async function otherFormat(path: string): Promise<string> {
  const isZip = (await readHead(path, 4)).equals(Buffer.from('PK\x03\x04', 'latin1'))
  if (!isZip) return 'it is not an HDF5 file, nor one of PyTorch'
  return "it may be one of PyTorch's newer zip files, which are not read; torch.save(..., _use_new_zipfile_serialization=False) writes the older format"
}

/**
 * The network of this format whose layout has the longest common start with the file's; null if no network fits the first
 * layer. The order of a PyTorch file's tensors does not count.
 */
async function closestByLayout(path: string, format: WeightFormat): Promise<BuiltInEncoder | null> {
  const isKeras = format === 'keras'
  const layout = isKeras ? await readKerasLayout(path) : await readTorchLayout(path)
  const inFile = new Set(layout)
  let closest: BuiltInEncoder | null = null
  let longest = 0
  for (const name of builtInEncoders) {
    const architecture = architectures[name]
    if (architecture.weightFormat !== format) continue
    const expected = isKeras ? expectedLayout(architecture) : expectedTorchLayout(architecture)
    const differs = expected.findIndex((shape, index) =>
      isKeras ? shape !== layout[index] : !inFile.has(shape),
    )
    const length = differs === -1 ? expected.length : differs
    if (length > longest) [closest, longest] = [name, length]
  }
  return closest
}
