import { Argument, InvalidArgumentError, type Command } from 'commander'
import { basename, dirname, join, resolve } from 'node:path'
import { onInterrupt } from '../../base/interrupts.ts'
import {
  builtInEncoders,
  encoderManifestFile,
  paperEncoders,
  weightsMark,
  type DoctorReport,
  type BuiltInEncoder,
  type EncodersReport,
  type EncoderView,
} from '../../contract/index.ts'
import type { Application } from '../../application/application.ts'
import { openApplication, programDirectory, type CommandContext } from '../context.ts'
import { exitCodes, print, printTable, reportFailure, runCommand, type CommonOptions } from '../run.ts'
import { addBackendCommands } from './backends.ts'
import { addCompareEncoders } from './compare-encoders.ts'
import { addOwnEncoderCommands, importOwnEncoder, isOwnEncoder, presentOwnImport } from './own-encoders.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag } from './workspace.ts'

/** Reads the whole number of an option. */
export const integer =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    // Number('') is 0.
    const value = text.trim() === '' ? NaN : Number(text)
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value
    const limits = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
    throw new InvalidArgumentError(`It must be a whole number ${limits}.`)
  }

export function addMachineCommands(program: Command): void {
  addDemo(program)
  addEncoders(program)
  addBackendCommands(program)
  addServe(program)
  addSupportBundle(program)
  program
    .command('doctor')
    .description('check what Lobule needs on this computer')
    .option(...jsonFlag)
    .option('--measure', 'test every back-end and measure crops per second (takes a while)')
    .action(async (options: CommonOptions & { measure?: boolean }) => {
      const { measure = false } = options
      await runCommand(
        options,
        async (context) => {
          const report = await context.call('app.doctor', { measure })
          if (!report.isReady) process.exitCode = exitCodes.failed
          return report
        },
        presentDoctor,
      )
    })
}

function addSupportBundle(program: Command): void {
  program
    .command('support-bundle')
    .description('show what helps with a problem, without names and images, or write it to a file')
    .option('-w, --workspace <folder>', 'workspace whose jobs are listed')
    .option('--out <file>', 'file to write (.txt); without it, the text is shown')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (options: CommonOptions & { workspace?: string; out?: string; replace?: true }) => {
      await runCommand(
        options,
        async (context) => {
          if (options.workspace !== undefined)
            await context.call('workspace.open', { path: resolve(options.workspace) })
          if (options.out === undefined) return context.call('app.supportBundle', {})
          const { replace = false } = options
          return context.call('app.writeSupportBundle', { path: resolve(options.out), replace })
        },
        (answer) => {
          if ('text' in answer) print(...answer.text.split('\n'))
          else print(`Written: ${answer.path} (${answer.bytes} bytes). Read it before you send it.`)
        },
      )
    })
}

interface DemoOptions extends CommonOptions {
  perClass: number
  seed: number
  width?: number
  height?: number
  slide?: true
  out?: string
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('generate synthetic tissue images, one folder per class; or a synthetic slide')
    .argument('[folder]', 'output folder')
    .option('--per-class <n>', 'images per class', integer(1), 12)
    .option('--seed <n>', 'random seed', integer(0), 1)
    .option('--width <px>', 'width in pixels (default: 2048; of a slide 6000)', integer(64))
    .option('--height <px>', 'height in pixels (default: 1536; of a slide 4500)', integer(64))
    .option('--slide', 'a whole slide with an island of each class, pen and rows out of focus')
    .option('--out <file>', 'file of the slide (default: synthetic-slide.tif); beside it what is where')
    .option(...jsonFlag)
    .addHelpText(
      'after',
      "\nTo try every step with them: lobule init, lobule import FOLDER --labels folder --cases 'case(\\d+)', lobule train. The encoder that comes with Lobule is trained on photographs, so a model trained on made-up tissue says nothing about real tissue.",
    )
    .action(async (folder: string | undefined, options: DemoOptions, command: Command) => {
      if (options.slide === true) {
        if (folder !== undefined) command.error('error: with --slide, give --out FILE instead of a folder')
        return makeSlide(options)
      }
      if (folder === undefined) command.error("error: missing required argument 'folder'")
      await runCommand(
        options,
        async (context) => {
          const { perClass, seed, width: widthPx = 2048, height: heightPx = 1536 } = options
          const directory = resolve(folder)
          const task = { directory, perClass, seed, widthPx, heightPx }
          return context.finish<'demo'>(await context.call('demo.create', task))
        },
        (report) => print(`${report.images} synthetic images in ${report.directory}.`),
      )
    })
}

async function makeSlide(options: DemoOptions): Promise<void> {
  const path = resolve(options.out ?? 'synthetic-slide.tif')
  await runCommand(
    options,
    async (context) => {
      const { seed, width: widthPx = 6000, height: heightPx = 4500 } = options
      const task = { directory: dirname(path), fileName: basename(path), seed, widthPx, heightPx }
      return context.finish<'demo'>(await context.call('demo.slide', task))
    },
    () => print(`A synthetic slide in ${path}, with what is where on it beside it (.geojson, .json).`),
  )
}

function addEncoders(program: Command): void {
  const encoders = program
    .command('encoders')
    .description('install, list and compare encoders, the networks that turn images into numbers')
  addCompareEncoders(encoders)
  addOwnEncoderCommands(encoders)
  encoders
    .command('list')
    .description('list the installed encoders and the source of their weights')
    .option(...jsonFlag)
    .action(async (options: CommonOptions) => {
      await runCommand(options, (context) => context.call('encoder.list', {}), presentEncoders)
    })
  encoders
    .command('demo')
    .description('install untrained encoders, for trying the program only')
    .option(...jsonFlag)
    .action(async (options: CommonOptions) => {
      await runCommand(
        options,
        async (context) =>
          context.finish<'encoders'>(await context.call('encoder.demo', { names: [...builtInEncoders] })),
        presentInstalled,
      )
    })
  encoders
    .command('fetch')
    .description('download the official Keras weights')
    .addArgument(
      new Argument('[name...]', `encoders (default: ${paperEncoders.join(', ')})`).choices(builtInEncoders),
    )
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nAbout 200 MB in total. An interrupted download resumes when you run the command again.',
    )
    .action(async (names: BuiltInEncoder[], options: CommonOptions) => {
      await runCommand(
        options,
        async (context) => {
          const input = { names: names.length === 0 ? [...paperEncoders] : names }
          const report = await context.finish<'encoders'>(await context.call('encoder.fetch', input))
          return withLicences(context, report)
        },
        presentInstalled,
      )
    })
  encoders
    .command('import')
    .description('install official weight files that you downloaded yourself, or an encoder of your own')
    .argument(
      '<path...>',
      `weight files, or folders that contain them; or one folder or zip with a ${encoderManifestFile}`,
    )
    .option(
      '--allow-unofficial',
      'accept a file with the right layout but a different hash, and mark it as unofficial',
    )
    .option('--yes', 'agree to the terms of an encoder of your own, which are printed')
    .option(...jsonFlag)
    .addHelpText('after', '\nHow to make one from a model of timm or Hugging Face: docs/own-encoder.md')
    .action(
      async (paths: string[], options: CommonOptions & { allowUnofficial?: boolean; yes?: boolean }) => {
        const [own, ...others] = paths
        if (own !== undefined && others.length === 0 && isOwnEncoder(own)) {
          const { yes: isAgreed = false } = options
          await runCommand(
            options,
            (context) => importOwnEncoder(context, own, { isAgreed }),
            presentOwnImport,
          )
          return
        }
        await runCommand(
          options,
          async (context) => {
            const { allowUnofficial = false } = options
            const input = { paths: paths.map((path) => resolve(path)), allowUnofficial }
            const report = await withLicences(
              context,
              await context.finish<'encoders'>(await context.call('encoder.import', input)),
            )
            if (report.failed.length > 0 || report.installed.length === 0) process.exitCode = 1
            return report
          },
          presentInstalled,
        )
      },
    )
}

function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the application to a browser on this computer')
    .option('-w, --workspace <folder>', 'workspace to open')
    .option('--port <n>', 'port; 0 means any free port', integer(0, 65_535), 0)
    .option('--no-open', 'do not open a browser')
    .action(async (options: { workspace?: string; port: number; open: boolean }) => {
      // Loaded here alone: an HTTP server takes a tenth of the start of every other command.
      const { newPicturePrefix, openBrowser, startServer } = await import('../../server/index.ts')
      const picturePrefix = newPicturePrefix()
      let application: Application | null = null
      try {
        application = openApplication({ tiles: picturePrefix, choose: null, isBrowser: true })
        if (options.workspace !== undefined) {
          await application.handlers['workspace.open']({ path: resolve(options.workspace), handover: null })
        }
        const server = await startServer({
          application,
          rendererDirectory: join(programDirectory, '..', 'renderer'),
          picturePrefix,
          port: options.port,
        })
        print(`Lobule is at ${server.url}`)
        print('The address works once, and only on this computer. Press Ctrl+C to stop.')
        if (options.open) openBrowser(server.url)
        await new Promise<void>((stop) => {
          const stopListening = onInterrupt(() => {
            stopListening()
            stop()
          })
        })
        await server.close()
      } catch (error) {
        reportFailure(error, {})
      } finally {
        await application?.close()
      }
    })
}

type InstalledReport = EncodersReport & { licences?: Pick<EncoderView, 'name' | 'licence' | 'attribution'>[] }

/** Adds licence and attribution of the installed weights, which must be shown wherever weights are installed. */
async function withLicences(context: CommandContext, report: EncodersReport): Promise<InstalledReport> {
  const encoders = await context.call('encoder.list', {})
  const installed = encoders.filter(({ name }) => report.installed.includes(name))
  const licences = installed.map(({ name, licence, attribution }) => ({ name, licence, attribution }))
  return { ...report, licences }
}

function presentInstalled({ installed, unofficial = [], failed, licences = [] }: InstalledReport): void {
  print(`Installed: ${installed.join(', ') || 'nothing'}.`)
  if (installed.length + failed.length === 0) print('  There is no weight file.')
  if (unofficial.length > 0) print(`  Unofficial weights: ${unofficial.join(', ')}.`)
  for (const { name, licence, attribution } of licences) print(`  ${name}: ${licence}. ${attribution}`)
  for (const failure of failed) print(`  ${failure.message}`)
}

function presentEncoders(encoders: EncoderView[]): void {
  printTable([
    ['encoder', 'weights', 'licence', 'attribution'],
    ...encoders.map((encoder) => [
      encoder.title,
      weightsMark(encoder.source),
      encoder.licence,
      encoder.attribution,
    ]),
  ])
}

function presentDoctor({ version, checks, researchUse, encoders, use }: DoctorReport): void {
  print(`Lobule ${version}. ${researchUse}`)
  printTable(checks.map((check) => [check.status, check.name, check.detail]))
  const uses = use.map(
    ({ encoder, backend, isTested }) => `${backend} for ${encoder}${isTested ? '' : ' (not tested yet)'}`,
  )
  if (uses.length > 0) {
    print(`Encoding would use: ${uses.join(', ')}.`)
    const others = encoders
      .map(({ name }) => name)
      .filter((name) => !use.some(({ encoder }) => encoder === name))
    if (others.length > 0) print(`Nothing here can run: ${others.join(', ')}.`)
  }
  print(readiness(encoders, use))
}

/** Whether a training can start, in one sentence: of the lines above, most are about what is optional. */
function readiness(encoders: DoctorReport['encoders'], use: DoctorReport['use']): string {
  if (use.length === 0) return 'Not ready: no back-end could be tested.'
  const ready = encoders.filter(
    ({ name, source }) =>
      source !== 'missing' && source !== 'untrained' && use.some(({ encoder }) => encoder === name),
  )
  return ready.length > 0
    ? `Ready to train and classify with ${ready.map(({ title }) => title).join(', ')}. What is missing is optional.`
    : 'No trained encoder can run here, so no useful model can be trained: lobule encoders fetch, or lobule encoders import FILE.'
}
