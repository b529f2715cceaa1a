import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../base/atomic-file.ts'
import { strictCanonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'

const pairResultSchema = z.object({
  /** Class probabilities of each image, by classifiers of the folds that left it out. */
  outOfFold: z.array(z.array(z.number())),
  encodingMs: z.number().nonnegative(),
  trainingMs: z.number().nonnegative(),
})
/** What a comparison keeps of an encoder with a classifier. */
export type PairResult = z.infer<typeof pairResultSchema>

const fileSchema = z.object({ result: pairResultSchema, sha256: z.string() })

/** Results are named by everything that they depend on. They can be computed again, as the descriptors beside them. */
const pathOf = (descriptors: string, dependsOn: unknown): string =>
  join(descriptors, 'comparisons', `${sha256(strictCanonicalJson(dependsOn))}.json`)

/** A stored result; null where there is none, or a damaged one. */
export async function findPair(
  descriptors: string,
  dependsOn: unknown,
  images: number,
): Promise<PairResult | null> {
  const text = await readFile(pathOf(descriptors, dependsOn), 'utf8').catch(() => '')
  const found = fileSchema.safeParse(parse(text))
  if (!found.success) return null
  const { result, sha256: stored } = found.data
  return sha256(JSON.stringify(result)) === stored && result.outOfFold.length === images ? result : null
}

/** @throws AppError `path.not-writable` */
export async function savePair(descriptors: string, dependsOn: unknown, result: PairResult): Promise<void> {
  const content = { result, sha256: sha256(JSON.stringify(result)) }
  await writeAtomically(pathOf(descriptors, dependsOn), JSON.stringify(content))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
