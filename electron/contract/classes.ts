import { z } from 'zod'
import { AppError } from './errors.ts'

/** One class of a scheme. `isPositive`: counts as carcinoma (or whatever positive means for the organ). */
export const tissueClassSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[^,*/\\]+$/, 'a class name holds no comma, star or slash'),
  isPositive: z.boolean(),
  /** Keyboard key that sets it. */
  key: z.string().length(1),
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
})
export type TissueClass = z.infer<typeof tissueClassSchema>

/** 2 to 20 classes with different names, in display order. */
export const classSchemeSchema = z
  .array(tissueClassSchema)
  .min(2, 'a scheme needs at least 2 classes')
  .max(20, 'a scheme has at most 20 classes')
  .refine((classes) => new Set(classes.map((c) => c.name.toLowerCase())).size === classes.length, {
    message: 'two classes have the same name',
  })
  .refine((classes) => new Set(classes.map((c) => c.key.toLowerCase())).size === classes.length, {
    message: 'two classes have the same key',
  })
export type ClassScheme = z.infer<typeof classSchemeSchema>

export const defaultClassesText = 'Normal,Benign,InSitu*,Invasive*'

/** Colours for classes: Okabe and Ito (2008), told apart by colour-blind readers. Cool ones first, then warm ones. */
export const classPalette: readonly string[] = [
  '#0072b2',
  '#009e73',
  '#56b4e9',
  '#666666',
  '#e69f00',
  '#d55e00',
  '#cc79a7',
  '#f0e442',
]
const firstWarm = 4

/**
 * A colour for each class of a scheme, in its order. Carcinoma begins at the warm ones, so that it is never green,
 * which says "all is well" to many. Each colour is used once before any is used again.
 */
function coloursOf(arePositive: readonly boolean[]): string[] {
  const free: string[] = []
  return arePositive.map((isPositive) => {
    if (free.length === 0) free.push(...classPalette)
    const warm = free.findIndex((colour) => classPalette.indexOf(colour) >= firstWarm)
    return free.splice(isPositive ? Math.max(0, warm) : 0, 1)[0] ?? '#7f7f7f'
  })
}

/** Keys for classes, in order of use: those that mean nothing else in the page, but for the last two. */
export const classKeys: readonly string[] = Array.from('1234567890eikloqvyhj')

/**
 * The scheme that a text such as "Normal,Benign,InSitu*,Invasive*" names; a star marks carcinoma.
 * @throws AppError `classes.invalid`
 */
export function parseClassScheme(text: string): ClassScheme {
  const names = text.split(',').map((part) => part.trim())
  const colours = coloursOf(names.map((name) => name.endsWith('*')))
  const classes = names.map((name, index) => {
    const isPositive = name.endsWith('*')
    return {
      name: isPositive ? name.slice(0, -1).trim() : name,
      isPositive,
      key: classKeys[index] ?? '-',
      colour: colours[index],
    }
  })
  const result = classSchemeSchema.safeParse(classes)
  if (result.success) return result.data
  const reason = [...new Set(result.error.issues.map((issue) => issue.message))].join('; ')
  throw new AppError('classes.invalid', { reason })
}
