import type { Command } from 'commander'
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  encoderManifestFile,
  isBuiltIn,
  licenceSentence,
  unverifiedWarning,
  weightsMark,
  type EncoderOffer,
  type EncodersReport,
  type EncoderView,
  type OwnEncoderView,
} from '../../contract/index.ts'
import { AppError } from '../../contract/errors.ts'
import type { CommandContext } from '../context.ts'
import { print, runCommand, type CommonOptions } from '../run.ts'
import { jsonFlag } from './workspace.ts'

/** Whether a path leads to an encoder of one's own, and not to a file of weights. */
export function isOwnEncoder(path: string): boolean {
  if (path.endsWith('.zip') || path.endsWith(encoderManifestFile)) return true
  return existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, encoderManifestFile))
}

interface OwnImport {
  offer: EncoderOffer
  /** Names; empty: the terms were shown and not agreed to. */
  installed: string[]
}

/** Shows the terms of an encoder and how it ran, and installs it if they are agreed to. */
export async function importOwnEncoder(
  context: CommandContext,
  path: string,
  { isAgreed }: { isAgreed: boolean },
): Promise<OwnImport> {
  const offer = await context.call('encoder.inspect', { path: resolve(path) })
  if (!isAgreed) {
    process.exitCode = 1
    return { offer, installed: [] }
  }
  const { fingerprint } = offer.own.encoder
  const started = await context.call('encoder.install', { path: resolve(path), fingerprint })
  const { installed } = await context.finish<'encoders'>(started)
  return { offer, installed }
}

export function presentOwnImport({ offer, installed }: OwnImport): void {
  const { own, bytes, milliseconds, sizePx, replaces } = offer
  describeOwn(own)
  print(
    `Size: ${(bytes / 1e6).toFixed(1)} MB. An image of ${sizePx} pixels takes ${Math.ceil(milliseconds)} ms on the processor.`,
  )
  if (replaces === 'other')
    print('Another encoder of this name is installed. Models trained on that one cannot use this one.')
  print(
    installed.length > 0
      ? `Installed: ${installed.join(', ')}. Train on it with "lobule train --set encoders=${own.encoder.name}".`
      : 'Nothing was installed. If you agree to these terms, repeat the command with --yes.',
  )
}

/** `lobule encoders show` and `remove`. */
export function addOwnEncoderCommands(encoders: Command): void {
  encoders
    .command('show')
    .description('show what is known of an encoder: licence, size, source of its weights')
    .argument('<name>', 'name of an encoder')
    .option(...jsonFlag)
    .action(async (name: string, options: CommonOptions) => {
      await runCommand(options, (context) => findEncoder(context, name), presentEncoder)
    })
  encoders
    .command('remove')
    .description('remove an encoder of your own; models trained on it stay')
    .argument('<name>', 'name of an encoder')
    .option(...jsonFlag)
    .action(async (name: string, options: CommonOptions) => {
      await runCommand(
        options,
        async (context) => {
          // Before a job is started for nothing.
          if (!isBuiltIn(name)) await findEncoder(context, name)
          return context.finish<'encoders'>(await context.call('encoder.remove', { name }))
        },
        ({ removed = [] }: EncodersReport) => print(`Removed: ${removed.join(', ')}.`),
      )
    })
}

async function findEncoder(context: CommandContext, name: string): Promise<EncoderView> {
  const found = (await context.call('encoder.list', {})).find((encoder) => encoder.name === name)
  if (found === undefined) throw new AppError('encoder.missing', { encoders: [name] })
  return found
}

function presentEncoder({
  title,
  name,
  source,
  licence,
  attribution,
  fingerprint,
  path,
  own,
}: EncoderView): void {
  if (own) describeOwn(own)
  else print(`${title} (${name}): ${weightsMark(source)}. Licence: ${licence}. ${attribution}`)
  if (fingerprint !== null) print(`Fingerprint: ${fingerprint}`)
  if (path !== null) print(`File: ${path}`)
}

function describeOwn(own: OwnEncoderView): void {
  const { encoder, citation, trainedOn, size, pixelSizeUm, probeCosine, isDense } = own
  print(`${encoder.title} (${encoder.name}), revision ${encoder.revision}`)
  print(`Licence: ${licenceSentence(encoder)}`)
  print(`Cite: ${citation}`)
  print(`Trained on: ${trainedOn.text}`)
  const edges = 'fixedPx' in size ? `${size.fixedPx} pixels` : `${size.minPx} to ${size.maxPx} pixels`
  const scale = pixelSizeUm === null ? 'images as they are' : `resampled to ${pixelSizeUm} um a pixel`
  print(
    `Input: ${edges}, ${scale}${isDense ? ', also whole images' : ', tiles'}. Descriptor: ${encoder.length} numbers.`,
  )
  print(
    probeCosine === null
      ? unverifiedWarning
      : `Probe: cosine ${probeCosine.toFixed(6)} with what its maker's framework gives.`,
  )
}
