import type { Command } from 'commander'
import {
  AppError,
  formerNamesOf,
  parseClassScheme,
  presentClassName,
  type ClassScheme,
  type WorkspaceView,
} from '../../contract/index.ts'
import { printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ClassesOptions {
  set?: string
  colour?: string[]
  rename?: string
  reason?: string
}

type ClassNames = Pick<WorkspaceView, 'classes' | 'formerClassNames'>

const withFormerNames = (
  workspace: ClassNames,
): (ClassScheme[number] & { formerNames: readonly string[] })[] =>
  workspace.classes.map((one) => ({ ...one, formerNames: formerNamesOf(workspace, one.name) }))

/** @param text such as `InSitu=DCIS`; a name may hold the sign itself */
function renamingOf(
  text: string,
  { classes, formerClassNames }: ClassNames,
): { name: string; newName: string } {
  const known = [...classes, ...formerClassNames].find(({ name }) => text.startsWith(`${name}=`))
  const sign = known === undefined ? text.indexOf('=') : known.name.length
  if (sign < 0)
    throw new AppError('classes.unknown', { className: text, known: classes.map(({ name }) => name) })
  return { name: text.slice(0, sign), newName: text.slice(sign + 1) }
}

/** `lobule classes`. */
export function addClassesCommand(program: Command): void {
  program
    .command('classes')
    .description(
      'list the classes of a workspace, change them before the first label, rename one or set a colour',
    )
    .requiredOption(...workspaceFlag)
    .option('--set <names>', 'new class names in display order; a star marks a carcinoma class')
    .option('--colour <class=#rrggbb...>', 'colours of classes, also after the first label')
    .option('--rename <class=name>', 'another name for a class, also after the first label')
    .option('--reason <text>', 'why it is renamed, for the audit trail')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & ClassesOptions) => {
      await runInWorkspace(
        options,
        async (context, opened) => {
          const { set, colour = [], rename, reason } = options
          const present =
            rename === undefined
              ? opened
              : await context.call('classes.rename', { ...renamingOf(rename, opened), reason })
          if (set === undefined && colour.length === 0) return withFormerNames(present)
          const named = set === undefined ? present : { classes: parseClassScheme(set), formerClassNames: [] }
          return withFormerNames(await context.call('classes.set', { classes: withColours(named, colour) }))
        },
        presentClasses,
      )
    })
}

function presentClasses(classes: ReturnType<typeof withFormerNames>): void {
  const hasFormer = classes.some(({ formerNames }) => formerNames.length > 0)
  const former = (text: string): string[] => (hasFormer ? [text] : [])
  printTable([
    ['key', 'class', 'carcinoma', 'colour', ...former('formerly')],
    ...classes.map((c) => [
      c.key,
      c.name,
      c.isPositive ? 'yes' : '',
      c.colour,
      ...former(c.formerNames.join(', ')),
    ]),
  ])
}

/** @param colours such as `Benign=#0072b2` */
const withColours = (named: ClassNames, colours: readonly string[]): ClassScheme =>
  colours.reduce((scheme, text) => {
    const [, given = '', colour = ''] = /^(.+)=(#[0-9a-f]{6})$/i.exec(text) ?? []
    const className = presentClassName(named, given)
    if (className === null) {
      const known = scheme.map(({ name }) => name)
      throw new AppError('classes.unknown', { className: given || text, known })
    }
    return scheme.map((one) => (one.name === className ? { ...one, colour: colour.toLowerCase() } : one))
  }, named.classes)
