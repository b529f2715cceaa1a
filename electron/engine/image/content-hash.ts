import { sha256 } from '../../base/sha256.ts'

/**
 * What names a picture by its content: the SHA-256 of its file and, for a further page (from 2) of a file that
 * holds several, the SHA-256 of `<of the file>:page <number>`.
 */
export const contentHash = (fileSha256: string, page: number): string =>
  page === 1 ? fileSha256 : sha256(`${fileSha256}:page ${page}`)
