import type { ClassScheme } from '../../electron/contract/index.ts'
import { fileNameOf } from '../app/format.ts'

export interface PreviewRow {
  path: string
  fileName: string
  /** null: no folder is named like a class. */
  className: string | null
  /** null: the pattern does not match. */
  caseName: string | null
}

/** The regular expression, or why it is none. */
export function readPattern(pattern: string): { expression: RegExp } | { reason: string } {
  try {
    return { expression: new RegExp(pattern) }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

/** What an import would make of a file: the case of its name, the class of its nearest fitting folder. */
export function previewOf(path: string, classes: ClassScheme, expression: RegExp | null): PreviewRow {
  const fileName = fileNameOf(path)
  const folders = path.split(/[\\/]/).slice(0, -1).reverse()
  const byName = new Map(classes.map((tissueClass) => [tissueClass.name.toLowerCase(), tissueClass.name]))
  const folder = folders.find((name) => byName.has(name.toLowerCase()))
  const match = expression?.exec(fileName)
  return {
    path,
    fileName,
    className: (folder === undefined ? undefined : byName.get(folder.toLowerCase())) ?? null,
    caseName: (match?.[1] ?? match?.[0] ?? '').trim() || null,
  }
}
