import { sha256 } from '../../base/sha256.ts'

/**
 * The content hash of an image: the SHA-256 of its file for page 1, and for a further page (from 2) of a file the
 * SHA-256 of `<SHA-256 of the file>:page <number>`.
 */
export const contentHash = (fileSha256: string, page: number): string =>
  page === 1 ? fileSha256 : sha256(`${fileSha256}:page ${page}`)
