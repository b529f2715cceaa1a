import type { Architecture } from './architecture.ts'
import { readKerasWeights } from './keras-file.ts'
import { readTorchWeights } from './torch-file.ts'
import type { Weights } from './weights.ts'

/** Reads a network's weights from a file of the network's format. Errors as in `readKerasWeights` and `readTorchWeights`. */
export const readWeightFile = (
  path: string,
  architecture: Pick<Architecture, 'layers' | 'weightFormat'>,
): Promise<Weights> =>
  architecture.weightFormat === 'keras'
    ? readKerasWeights(path, architecture)
    : readTorchWeights(path, architecture)

/** The ending of a weight file by its format. */
export const weightFileEnding = { keras: 'h5', torch: 'pth' } as const
