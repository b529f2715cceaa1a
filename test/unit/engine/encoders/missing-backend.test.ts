import { expect, it } from 'vitest'
import { missingProvider, onnxBackend } from '../../../../electron/engine/encoders/onnx-backend.ts'
import type { OwnModel } from '../../../../electron/engine/encoders/backend.ts'

it('says in the words of the doctor that a back-end is not in this installation', async () => {
  // No build has both of them.
  const provider = missingProvider('directml') === null ? 'coreml' : 'directml'
  const model = { onnxPath: '/none.onnx' } as OwnModel
  expect(missingProvider(provider)).toBe('this build of ONNX Runtime does not include it')
  await expect(onnxBackend(provider).openOwn?.(model)).rejects.toMatchObject({
    code: 'encoder.backend-failed',
    message: `The back-end ${provider} failed: this build of ONNX Runtime does not include it; "lobule doctor" lists the back-ends that are here.`,
  })
})
