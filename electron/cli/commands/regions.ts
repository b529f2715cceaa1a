import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import type {
  CallOutput,
  RegionChangeView,
  RegionGeometry,
  RegionImportReport,
  RegionView,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { print, printError, printTable } from '../run.ts'
import { encodingOption, type EncodingOptions } from './encoding-option.ts'
import { findImage } from './labels.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

const imageArgument = ['<image>', 'number, path, file name or start of the SHA-256 of an image'] as const

export function addRegionCommands(program: Command): void {
  const regions = program
    .command('regions')
    .description('list, import and export regions drawn on images, as GeoJSON compatible with QuPath')

  regions
    .command('list')
    .description('list the current regions of an image, or every change')
    .argument(...imageArgument)
    .requiredOption(...workspaceFlag)
    .option('--history', 'show every change, oldest first')
    .option(...jsonFlag)
    .action(async (image: string, options: WorkspaceOptions & { history?: boolean }) => {
      if (options.history === true) {
        await runInWorkspace(
          options,
          async (context) => context.call('region.history', { imageId: await imageId(context, image) }),
          presentHistory,
        )
      } else {
        await runInWorkspace(
          options,
          async (context) => context.call('region.list', { imageId: await imageId(context, image) }),
          presentRegions,
        )
      }
    })

  regions
    .command('export')
    .description('export the regions of an image as GeoJSON')
    .argument(...imageArgument)
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'file to write')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (image: string, options: WorkspaceOptions & { out: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const target = { path: resolve(options.out), replace: options.replace }
          const { regions: written, path } = await context.call('region.export', {
            imageId: await imageId(context, image),
            ...target,
          })
          return { regions: written, path }
        },
        ({ regions: written, path }) => print(`${countText(written, 'region')} written to ${path ?? ''}.`),
      )
    })

  regions
    .command('import')
    .description('import the annotations of a GeoJSON file as regions of an image')
    .argument(...imageArgument)
    .argument('<file>', 'GeoJSON file, for example from QuPath')
    .requiredOption(...workspaceFlag)
    .requiredOption('--reader <name>', 'reader to record for the regions')
    .addOption(
      new Option('--unknown-classes <how>', 'what to do with classes that the workspace does not have')
        .choices(['drop', 'refuse'])
        .default('drop'),
    )
    .addOption(encodingOption('the file'))
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nFeatures that cannot be imported are listed with the reason; exit code 1. See docs/regions.md.',
    )
    .action(async (image: string, file: string, options: ImportOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const report = await context.call('region.import', {
            imageId: await imageId(context, image),
            source: { path: resolve(file), encoding: options.encoding },
            unknownClasses: options.unknownClasses,
            reader: options.reader,
          })
          if (report.refused.length > 0) process.exitCode = 1
          return report
        },
        presentImport,
      )
    })

  regions
    .command('undo')
    .description("undo a reader's newest change to the regions of an image")
    .argument(...imageArgument)
    .requiredOption(...workspaceFlag)
    .requiredOption('--reader <name>', 'whose change')
    .option(...jsonFlag)
    .action(async (image: string, options: WorkspaceOptions & { reader: string }) => {
      await runInWorkspace(
        options,
        async (context) =>
          context.call('region.undo', {
            imageId: await imageId(context, image),
            reader: options.reader,
          }),
        presentUndone,
      )
    })
}

interface ImportOptions extends WorkspaceOptions, EncodingOptions {
  reader: string
  unknownClasses: 'drop' | 'refuse'
}

const imageId = async (context: CommandContext, image: string): Promise<number> =>
  (await findImage(context, image)).id

const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function placeOf(geometry: RegionGeometry): string {
  const coordinates = ([x, y]: readonly [number, number]): string =>
    `${Number(x.toFixed(1))},${Number(y.toFixed(1))}`
  switch (geometry.kind) {
    case 'rectangle':
      return `${coordinates([geometry.left, geometry.top])} to ${coordinates([geometry.right, geometry.bottom])}`
    case 'polygon': {
      const rings = geometry.parts.flat()
      const vertices = rings.reduce((sum, ring) => sum + ring.length, 0)
      return `${countText(vertices, 'vertex').replace('vertexs', 'vertices')} in ${countText(rings.length, 'outline')}`
    }
    case 'line': {
      const [from, to] = [geometry.points[0], geometry.points.at(-1)]
      const between = geometry.points.length - 2
      const ends = [from, to].map((end) => (end === undefined ? '' : coordinates(end)))
      return between === 0 ? ends.join(' to ') : ends.join(` to ${between} more to `)
    }
    case 'point':
      return (
        geometry.points.slice(0, 3).map(coordinates).join(' ') + (geometry.points.length > 3 ? ' ...' : '')
      )
  }
}

/** In pixels if the pixel size of the image is unknown. */
const lengthText = (um: number | null, unit: 'um' | 'um2', px: number): string =>
  um === null ? `${px.toFixed(1)} ${unit.replace('um', 'px')}` : `${um.toFixed(1)} ${unit}`

function presentRegions(regions: readonly RegionView[]): void {
  printTable([
    ['region', 'kind', 'class', 'where', 'area', 'length', 'by', 'name', 'comment'],
    ...regions.map(({ id, geometry, className, extent, length, reader, name, comment }) => [
      String(id),
      geometry.kind,
      className ?? '-',
      placeOf(geometry),
      extent === null ? '-' : lengthText(extent.areaUm2, 'um2', extent.areaPx),
      extent !== null
        ? lengthText(extent.perimeterUm, 'um', extent.perimeterPx)
        : length === null
          ? '-'
          : lengthText(length.um, 'um', length.px),
      reader,
      name ?? '',
      comment ?? '',
    ]),
  ])
}

function presentHistory(changes: readonly RegionChangeView[]): void {
  printTable([
    ['change', 'at', 'reader', 'region', 'kind', 'class', 'comment'],
    ...changes.flatMap(({ id, at, reader, undoes, entries }) =>
      entries.map(({ regionId, geometry, className, comment }) => [
        String(id) + (undoes === null ? '' : ` (undoes ${undoes})`),
        at,
        reader,
        String(regionId),
        geometry?.kind ?? 'deleted',
        className ?? '-',
        comment ?? '',
      ]),
    ),
  ])
}

function presentImport({ added, changed, known, unknownClasses, refused }: RegionImportReport): void {
  print(`${countText(added, 'region')} added, ${changed} changed, ${known} already present.`)
  for (const { name, features } of unknownClasses) {
    print(`This workspace has no class "${name}": ${countText(features, 'region')} imported without a class.`)
  }
  for (const { feature, name, reason } of refused) {
    printError(`Feature ${feature}${name === null ? '' : ` (${name})`} was not imported: ${reason}.`)
  }
}

function presentUndone({ kind, regions }: CallOutput<'region.undo'>): void {
  const verbs = { add: 'drawn', change: 'changed', delete: 'deleted', several: 'changed' }
  print(`Undone: ${countText(regions, 'region')} ${verbs[kind]}.`)
}
