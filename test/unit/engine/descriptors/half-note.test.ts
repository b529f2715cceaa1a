import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { recipes, type BackendName, type Recipe } from '../../../../electron/contract/index.ts'
import {
  describeFile,
  ensureDescriptors,
  readNpy,
  StepwiseDescriptors,
} from '../../../../electron/engine/descriptors/index.ts'
import {
  probeImage,
  type OpenEncoder,
  type OpenEncoders,
} from '../../../../electron/engine/encoders/index.ts'
import { writePng } from '../../../../electron/engine/image/index.ts'
import { pixelEncoder } from '../../../support/pixel-encoder.ts'
import { temporaryFolder } from '../encoders/helpers.ts'

const recipe: Recipe = {
  ...(recipes['quick'] as Recipe),
  encoders: ['vgg16'],
  augmentation: { count: 3, gainRange: [0.7, 1.3], firstIsIdentity: false },
  crops: { sets: [{ sizePx: 24, workingPixelSizeUm: null, scale: 1 }], count: 2 },
}

afterEach(() => vi.unstubAllEnvs())

/** An encoder that reports this back-end, or the second one once it has encoded something. */
function encodersOn(first: BackendName, then = first): { encoders: OpenEncoders; encoded: () => number } {
  let encoded = 0
  const plain = pixelEncoder(() => (encoded += 1))
  const encoder: OpenEncoder = {
    model: plain.model,
    get backend() {
      return encoded === 0 ? first : then
    },
    encode: (crops, signal) => plain.encode(crops, signal),
    encodeMaps: (image, signal) => plain.encodeMaps(image, signal),
    close: () => plain.close(),
  }
  const encoders = { get: () => Promise.resolve(encoder) } as unknown as OpenEncoders
  return { encoders, encoded: () => encoded }
}

async function aRequest() {
  const folder = await temporaryFolder()
  const path = join(folder, 'image.png')
  await writePng(probeImage(80, 60), path)
  const image = { path, page: 1, sha256: await sha256OfFile(path), pixelSizeUm: null }
  return { image, recipe, directory: join(folder, 'descriptors') }
}
const noteOf = async ([file = '']: string[]): Promise<string> => (await readNpy(file)).note
const inHalf = /, in half precision \(webgpu-half\)$/

test('a descriptor file says that it was made in half precision, even if full precision completed it', async () => {
  const request = await aRequest()
  const full = await ensureDescriptors({ ...request, encoders: encodersOn('webgpu').encoders })
  expect(await noteOf(full.files)).not.toMatch(/half/)
  const half = {
    ...request,
    directory: `${request.directory}-half`,
    encoders: encodersOn('webgpu-half').encoders,
  }
  expect(await noteOf((await ensureDescriptors(half)).files)).toMatch(inHalf)
  const { encoders } = encodersOn('webgpu-half', 'webgpu')
  const mixed = await ensureDescriptors({ ...request, directory: `${request.directory}-mixed`, encoders })
  expect(await noteOf(mixed.files)).toMatch(inHalf)

  const out = join(request.directory, 'one.npy')
  const { path } = request.image
  const asked = {
    ...request,
    path,
    out,
    raw: false,
    identity: false,
    encoders: encodersOn('webgpu-half').encoders,
  }
  expect(await describeFile(asked)).toMatchObject({ backends: ['webgpu-half'] })
  expect(await noteOf([out])).toMatch(inHalf)
})

test('a beginning in half precision is still recorded when full precision made the rest', async () => {
  const request = await aRequest()
  const begun = await StepwiseDescriptors.open({ ...request, encoders: encodersOn('webgpu-half').encoders })
  await begun.next()
  await begun.keep()
  const { encoders, encoded } = encodersOn('webgpu')
  const rest = await StepwiseDescriptors.open({ ...request, encoders })
  for (let row = 0; row < 3; row++) await rest.next()
  await rest.keep()
  expect(encoded()).toBeGreaterThan(0)
  const { files } = await ensureDescriptors({ ...request, encoders })
  expect(await noteOf(files)).toMatch(inHalf)
})

test('if half precision is forbidden, descriptors made in it are computed again in full precision', async () => {
  const request = await aRequest()
  await ensureDescriptors({ ...request, encoders: encodersOn('webgpu-half').encoders })
  const { encoders, encoded } = encodersOn('webgpu')
  await ensureDescriptors({ ...request, encoders })
  expect(encoded()).toBe(0)
  vi.stubEnv('LOBULE_NO_HALF_PRECISION', '1')
  const { files } = await ensureDescriptors({ ...request, encoders })
  expect(encoded()).toBeGreaterThan(0)
  expect(await noteOf(files)).not.toMatch(/half/)
})
