/**
 * What a package may be. A model of the full protocol has 600 boosters of a few MB each; these limits are far
 * above that, and what lies within them is still checked against the free space before it is unpacked.
 */
export const limits = {
  entries: 20_000,
  /** Of the list of entries at the end of the file. */
  directoryBytes: 4 * 2 ** 20,
  manifestBytes: 8 * 2 ** 20,
  /** Report or fold table: some 700 bytes an image. */
  documentBytes: 64 * 2 ** 20,
  /** A model card: some 10 kB. */
  cardBytes: 2 ** 20,
  /** A JavaScript string holds no more than half a gigabyte. */
  boosterBytes: 448 * 2 ** 20,
  /** The training images' vectors: some 40 kB an image. */
  likenessBytes: 2 ** 30,
  /** All entries, unpacked. */
  totalBytes: 64 * 2 ** 30,
  /** The file: without the extension for large files a zip ends here. */
  packageBytes: 2 ** 32 - 2,
} as const
