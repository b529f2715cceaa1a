import { basename, extname, join } from 'node:path'
import { zip } from '../../base/arrays.ts'
import type { ExportKind } from '../../base/export-file.ts'
import { sha256OfFile } from '../../base/sha256.ts'
import { portableName } from '../../base/windows-names.ts'
import {
  slideFileEndings,
  slideFileFormats,
  type CallOutput,
  type ImageView,
  type SlideFileFormat,
} from '../../contract/index.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import type { ServiceContext } from '../../session/context.ts'
import {
  appendEvent,
  getImage,
  getSlideAnalysis,
  listClasses,
  listImagePaths,
  readModel,
  type Readable,
} from '../../store/index.ts'
import { exportPaths } from '../workspace/export-path.ts'

const slideFile: ExportKind = {
  what: 'an analysis of a slide',
  endings: [
    ...new Set(
      Object.values(slideFileEndings)
        .flat()
        .map((ending) => extname(`x${ending}`)),
    ),
  ],
}

interface Wanted {
  readonly imageId: number
  readonly analysisId: number
  readonly directory: string
  readonly formats: readonly SlideFileFormat[]
  readonly replace: boolean
}

/**
 * Writes an analysis of a slide into a folder, as files that are named after the slide.
 * @throws AppError `slide.no-analysis`, `slide.map-damaged`, `path.exists`, `path.not-writable`, `path.protected`
 */
export async function writeSlide(
  context: ServiceContext,
  { imageId, analysisId, directory, formats, replace }: Wanted,
): Promise<CallOutput<'slide.write'>> {
  const { session, compute, version } = context
  const { database, folders } = session.workspace
  const image = getImage(database, imageId)
  const analysis = getSlideAnalysis(database, imageId, analysisId)
  const { name, recipe, recipeFingerprint, weights, classes, createdAt } = readModel(database, {
    id: analysis.modelId,
    name: analysis.modelName,
  })
  const colours = new Map(listClasses(database).map((own) => [own.name, own.colour]))
  const chosen = slideFileFormats.filter((format) => format === 'run' || formats.includes(format))
  const base = join(directory, portableName(fileNameFor(database, image)))
  const wanted = chosen.map((format) => slideFileEndings[format].map((ending) => base + ending))
  const files = await exportPaths(context, { paths: wanted.flat(), replace }, slideFile)
  const paths = Object.fromEntries(
    chosen.map((format, i) => [format, files.splice(0, wanted[i]?.length ?? 0)]),
  )
  await compute.run('writeSlide', {
    maps: folders.slideMaps,
    image: toImageFile(image),
    analysis,
    model: { name, recipe, recipeFingerprint, weights, classes, createdAt },
    colours: analysis.classes.map((className) => colours.get(className) ?? null),
    paths,
    replace,
    writtenBy: `Lobule ${version}`,
  })
  const written = Object.values(paths).flat()
  const hashes = await Promise.all(written.map(sha256OfFile))
  appendEvent(database, {
    kind: 'export',
    object: { type: 'file', id: null, name: directory },
    after: {
      what: 'slide',
      image: imageId,
      analysis: analysisId,
      files: Object.fromEntries(
        zip(
          written.map((path) => basename(path)),
          hashes,
        ),
      ),
    },
  })
  return { files: written }
}

/** The name of the slide's file without its ending; with a part of its hash if another image has the same. */
function fileNameFor(database: Readable, { path, fileName, page, sha256 }: ImageView): string {
  const stemOf = (name: string): string => basename(name, extname(name)).toLowerCase()
  const stem = basename(fileName, extname(fileName))
  const isShared = listImagePaths(database).some(
    (other) => other !== path && stemOf(other) === stem.toLowerCase(),
  )
  return `${stem}${page === 1 ? '' : `-page-${page}`}${isShared ? `-${sha256.slice(0, 8)}` : ''}`
}
