import { createPublicKey, verify } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { parseJson } from '../../base/parse-json.ts'
import { asPathError } from '../../base/path-errors.ts'
import { sha256OfFile } from '../../base/sha256.ts'
import { AppError } from '../../contract/index.ts'

/** Signed before the text, so that no signature for another purpose counts here. */
const purpose = 'lobule-release-1\n'
const maxManifestBytes = 2 ** 20

const versionSchema = z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/)
const envelopeSchema = z.strictObject({
  /** The JSON text that is signed, to the byte. */
  manifest: z.string(),
  /** ed25519, in base64. */
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
})
const manifestSchema = z.strictObject({
  version: versionSchema,
  /** YYYY-MM-DD. */
  date: z.iso.date(),
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(255),
        bytes: z.int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(1000),
})

export interface VerifiedRelease {
  /** What the file is called where it was published; it may have been renamed since. */
  readonly name: string
  readonly version: string
  readonly date: string
  readonly bytes: number
  readonly sha256: string
  /** The version that checks. */
  readonly installed: string
}

export interface ReleaseToVerify {
  readonly file: string
  /** The signed list of a release's files. */
  readonly manifest: string
  /** MAJOR.MINOR.PATCH */
  readonly installed: string
  /** base64 of the DER form; null: there is none yet, and nothing is accepted. */
  readonly key: string | null
}

/**
 * Whether a file is one of a release that the key has signed, and no older one than the installed version. Nothing is
 * executed, and no connection is made.
 * @throws AppError `update.refused`, `path.not-found`, `path.unreadable`
 */
export async function verifyRelease({
  file,
  manifest: path,
  installed,
  key,
}: ReleaseToVerify): Promise<VerifiedRelease> {
  if (key === null)
    return refuse(
      'this version of Lobule has no public key of releases yet, so that it cannot tell a genuine file',
    )
  const text = await readBoundedFile(path, maxManifestBytes, (reason) =>
    refuse(`the manifest is too large: ${reason}`),
  )
  const { version, date, files } = signedContent(text.toString('utf8'), key)
  if (isOlder(version, installed))
    return refuse(
      `it is of version ${version}, and ${installed} is installed; an older version can have faults that are known`,
    )
  const sha256 = await sha256OfFile(file)
  const bytes = await sizeOf(file)
  const listed = files.find((one) => one.sha256 === sha256 && one.bytes === bytes)
  if (listed === undefined)
    return refuse(`its content (sha256 ${sha256}) is not in the manifest of version ${version}`)
  return { name: listed.name, version, date, bytes, sha256, installed }
}

/** The signature is checked before anything of the text is read. */
function signedContent(text: string, key: string): z.infer<typeof manifestSchema> {
  const notOurs = (): never => refuse('the manifest is not one of Lobule')
  const envelope = envelopeSchema.safeParse(parseJson(text, notOurs))
  if (!envelope.success) return notOurs()
  const { manifest, signature } = envelope.data
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
  if (!verify(null, Buffer.from(purpose + manifest), publicKey, Buffer.from(signature, 'base64')))
    return refuse("the manifest's signature is not the one of Lobule's releases")
  const content = manifestSchema.safeParse(parseJson(manifest, notOurs))
  return content.success
    ? content.data
    : refuse('this version of Lobule does not know the form of the manifest')
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => versionSchema.parse(text).split('.').map(Number))
  const at = a?.findIndex((number, place) => number !== b?.[place]) ?? -1
  return at >= 0 && (a?.[at] ?? 0) < (b?.[at] ?? 0)
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    throw asPathError(error, path)
  }
}

function refuse(reason: string): never {
  throw new AppError('update.refused', { reason })
}
