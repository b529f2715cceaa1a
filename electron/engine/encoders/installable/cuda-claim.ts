/**
 * TensorFlow and ONNX Runtime bring a CUDA each, of different versions whose libraries partly have the same names
 * (`libcudnn.so.9`). A process that loaded both would mix them, so that the first one keeps the process.
 */
let owner: string | null = null

/** Why `name` cannot use its CUDA in this process; null: it can. */
export const cudaProblem = (name: string): string | null =>
  owner === null || owner === name
    ? null
    : `${owner} uses its own CUDA in this process, and two do not fit into one; it can be used once Lobule has been started again`

/**
 * Before the first library of a CUDA is loaded.
 * @throws Error if another one uses CUDA in this process
 */
export function claimCuda(name: string): void {
  const problem = cudaProblem(name)
  if (problem !== null) throw new Error(problem)
  owner = name
  // TensorFloat-32 has 10 bits of mantissa: it would be half precision under the name of full.
  process.env['NVIDIA_TF32_OVERRIDE'] = '0'
}
