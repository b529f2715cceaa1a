import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { SlideTissue } from '../../contract/index.ts'
import { print } from '../run.ts'
import { findImage } from './labels.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface TissueOptions extends WorkspaceOptions {
  set?: string
  reset?: true
  out?: string
  replace?: true
}

export function addTissueCommand(slides: Command): void {
  slides
    .command('tissue')
    .description('show where a slide has tissue, or replace it by areas of your own')
    .argument('<slide>', 'number, file name or start of the SHA-256 of an image in the workspace')
    .requiredOption(...workspaceFlag)
    .option('--set <file>', 'take the areas of a GeoJSON file for the tissue, as regions named "Tissue"')
    .option('--reset', 'remove these regions, so that the tissue that is found counts again')
    .option('--out <file>', 'write outlines for QuPath (.geojson) or a picture with a pixel of 8 um (.png)')
    .option('--replace', 'replace the file')
    .option(...jsonFlag)
    .action(async (name: string, options: TissueOptions, command: Command) => {
      const { set, reset, out, replace = false } = options
      if (set !== undefined && reset === true) command.error('error: give --set or --reset, not both')
      await runInWorkspace(
        options,
        async (context) => {
          const { id: imageId } = await findImage(context, name)
          if (set !== undefined) {
            await context.call('slide.setTissue', { imageId, source: { path: resolve(set) } })
          }
          if (reset === true) await context.call('slide.setTissue', { imageId, source: null })
          return out === undefined
            ? context.call('slide.tissue', { imageId })
            : context.call('slide.writeTissue', { imageId, path: resolve(out), replace })
        },
        present,
      )
    })
}

function present({ source, outlines, areasMm2, reason }: SlideTissue): void {
  const parts = outlines?.kind === 'polygon' ? outlines.parts.length : 0
  const area = (mm2: number): string => `${mm2.toFixed(2)} mm2`
  if (reason !== null) print(reason)
  else print(`${area(areasMm2.tissue)} of tissue in ${parts} ${parts === 1 ? 'part' : 'parts'}, ${source}.`)
  const others = (['blur', 'pen', 'border'] as const).filter((kind) => areasMm2[kind] > 0)
  const words = { blur: 'out of focus', pen: 'under pen', border: 'black border' }
  if (others.length > 0) {
    print(`Not counted: ${others.map((kind) => `${area(areasMm2[kind])} ${words[kind]}`).join(', ')}.`)
  }
}
