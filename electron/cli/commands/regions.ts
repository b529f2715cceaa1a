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
import { print, printTable } from '../run.ts'
import { findImage } from './labels.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

const imageArgument = ['<image>', 'its number, path, file name, or the beginning of its SHA-256'] as const

export function addRegionCommands(program: Command): void {
  const regions = program
    .command('regions')
    .description(
      'rectangles, polygons, lines and points drawn on images; GeoJSON as QuPath reads and writes it',
    )

  regions
    .command('list')
    .description('the regions of an image as they stand, or every change')
    .argument(...imageArgument)
    .requiredOption(...workspaceFlag)
    .option('--history', 'every change, oldest first')
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
    .description('write the regions of an image as GeoJSON')
    .argument(...imageArgument)
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'where to write')
    .option('--replace', 'write over a file that is there')
    .option(...jsonFlag)
    .action(async (image: string, options: WorkspaceOptions & { out: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const asked = { path: resolve(options.out), replace: options.replace ?? false }
          const { regions: written, path } = await context.call('region.export', {
            imageId: await imageId(context, image),
            ...asked,
          })
          return { regions: written, path }
        },
        ({ regions: written, path }) => print(`${counted(written, 'region')} written to ${path ?? ''}.`),
      )
    })

  regions
    .command('import')
    .description('draw the annotations of a GeoJSON file on an image')
    .argument(...imageArgument)
    .argument('<file>', 'GeoJSON, such as QuPath writes it')
    .requiredOption(...workspaceFlag)
    .requiredOption('--reader <name>', 'under whose name they are drawn')
    .addOption(
      new Option('--unknown-classes <how>', 'classes that the workspace does not know')
        .choices(['drop', 'refuse'])
        .default('drop'),
    )
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nA feature that is not taken is listed with its reason: exit code 1. docs/regions.md',
    )
    .action(async (image: string, file: string, options: ImportOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const report = await context.call('region.import', {
            imageId: await imageId(context, image),
            source: { path: resolve(file) },
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
    .description("take a reader's newest change of the regions of an image back")
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

interface ImportOptions extends WorkspaceOptions {
  reader: string
  unknownClasses: 'drop' | 'refuse'
}

const imageId = async (context: CommandContext, named: string): Promise<number> =>
  (await findImage(context, named)).id

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function placeOf(geometry: RegionGeometry): string {
  const words = ([x, y]: readonly [number, number]): string =>
    `${Number(x.toFixed(1))},${Number(y.toFixed(1))}`
  switch (geometry.kind) {
    case 'rectangle':
      return `${words([geometry.left, geometry.top])} to ${words([geometry.right, geometry.bottom])}`
    case 'polygon': {
      const rings = geometry.parts.flat()
      const vertices = rings.reduce((sum, ring) => sum + ring.length, 0)
      return `${counted(vertices, 'vertex').replace('vertexs', 'vertices')} in ${counted(rings.length, 'outline')}`
    }
    case 'line': {
      const [from, to] = [geometry.points[0], geometry.points.at(-1)]
      const between = geometry.points.length - 2
      const ends = [from, to].map((end) => (end === undefined ? '' : words(end)))
      return between === 0 ? ends.join(' to ') : ends.join(` to ${between} more to `)
    }
    case 'point':
      return geometry.points.slice(0, 3).map(words).join(' ') + (geometry.points.length > 3 ? ' ...' : '')
  }
}

/** In pixels where the pixel size of the image is unknown. */
const measured = (um: number | null, unit: 'um' | 'um2', px: number): string =>
  um === null ? `${px.toFixed(1)} ${unit.replace('um', 'px')}` : `${um.toFixed(1)} ${unit}`

function presentRegions(regions: readonly RegionView[]): void {
  printTable([
    ['region', 'kind', 'class', 'where', 'area', 'length', 'by', 'name', 'comment'],
    ...regions.map(({ id, geometry, className, extent, length, reader, name, comment }) => [
      String(id),
      geometry.kind,
      className ?? '-',
      placeOf(geometry),
      extent === null ? '-' : measured(extent.areaUm2, 'um2', extent.areaPx),
      extent !== null
        ? measured(extent.perimeterUm, 'um', extent.perimeterPx)
        : length === null
          ? '-'
          : measured(length.um, 'um', length.px),
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
        String(id) + (undoes === null ? '' : ` (takes ${undoes} back)`),
        at,
        reader,
        String(regionId),
        geometry?.kind ?? 'gone',
        className ?? '-',
        comment ?? '',
      ]),
    ),
  ])
}

function presentImport({ added, changed, known, unknownClasses, refused }: RegionImportReport): void {
  print(`${counted(added, 'region')} added, ${changed} changed, ${known} known already.`)
  for (const { name, features } of unknownClasses) {
    print(`Class "${name}" is not known here: ${counted(features, 'region')} without a class.`)
  }
  for (const { feature, name, reason } of refused) {
    console.error(`Feature ${feature}${name === null ? '' : ` (${name})`} was not taken: ${reason}.`)
  }
}

function presentUndone({ kind, regions }: CallOutput<'region.undo'>): void {
  const words = { add: 'drawn', change: 'changed', delete: 'deleted', several: 'changed' }
  print(`Taken back: ${counted(regions, 'region')} ${words[kind]}.`)
}
