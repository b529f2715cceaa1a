import { z } from 'zod'
import { AppError } from './errors.ts'
import { inPlainWords } from './plain-faults.ts'

/** One class of a scheme. `isPositive`: counts as carcinoma (or whatever positive means for the organ). */
export const tissueClassSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, { error: 'a class has no name', abort: true })
    .max(60, 'the name of a class has more than 60 characters')
    .regex(/^[^,*/\\]+$/, 'a class name must not contain a comma, star or slash'),
  isPositive: z.boolean(),
  /** Keyboard key that sets it. */
  key: z.string().length(1),
  colour: z
    .string()
    .length(7)
    .regex(/^#[0-9a-f]{6}$/),
})
export type TissueClass = z.infer<typeof tissueClassSchema>

/** @param plain names that it makes equal are the same */
const schemeOf = (one: typeof tissueClassSchema, plain: (name: string) => string) =>
  z
    .array(one)
    .min(2, 'a scheme needs at least 2 classes')
    .max(20, { error: 'a scheme has at most 20 classes', abort: true })
    .refine((classes) => new Set(classes.map((c) => plain(c.name))).size === classes.length, {
      message: 'two classes have the same name',
    })
    .refine((classes) => new Set(classes.map((c) => c.key.toLowerCase())).size === classes.length, {
      message: 'two classes have the same key',
    })

/** 2 to 20 classes with different names, in display order. */
export const classSchemeSchema = schemeOf(tissueClassSchema, (name) => name.toLowerCase())
export type ClassScheme = z.infer<typeof classSchemeSchema>

/** Words with which the command line, tables and accounts say that an image has no class. */
const wordsForNone: readonly string[] = ['none', 'unsure', 'unlabelled', 'disputed', 'withdrawn']

/**
 * The name of a new class as new names are compared: however Unicode writes it, with any spaces, in any case, without
 * characters that no one sees (joiners, variation selectors, fillers).
 */
export const plainClassName = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toLowerCase()

export const isWordForNone = (name: string): boolean => wordsForNone.includes(plainClassName(name))
/** Signs alone are what listings show where there is no class, or nothing that a person can see. */
export const hasLetterOrDigit = (name: string): boolean => /[\p{L}\p{N}]/u.test(plainClassName(name))
/** Greek letters of the shape of a Latin one. Others are usual in the names of markers (ERα). */
const likeLatin = 'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧικνορυχ'
const beyondLatin = new RegExp(`[\\p{Script=Cyrillic}${likeLatin}]`, 'u')
/** Whether a name has Latin letters and those of another alphabet that look like Latin ones: it could be taken for another name. */
export const mixesAlphabets = (name: string): boolean =>
  /\p{Script=Latin}/u.test(name.normalize('NFKC')) && beyondLatin.test(name)
export const hasControlCharacter = (name: string): boolean => /\p{Cc}/u.test(name)

/** The name of a class that is being defined. Names of earlier versions may break these rules. */
export const newClassName = tissueClassSchema.shape.name
  .overwrite((name) => name.normalize('NFC'))
  .refine((name) => !isWordForNone(name), {
    error: ({ input }) => `"${String(input)}" cannot name a class, because it says that there is none`,
  })
  .refine(hasLetterOrDigit, 'a class name needs a letter or a digit')
  .refine((name) => !hasControlCharacter(name), 'a class name must be one line without control characters')
  .refine(
    (name) => !mixesAlphabets(name),
    'a class name must not have Latin letters beside Cyrillic or Greek ones that look like them',
  )

/** Classes that are being defined. Schemes of earlier versions, and of their packages, may break these rules. */
export const newClassSchemeSchema = schemeOf(tissueClassSchema.extend({ name: newClassName }), plainClassName)

export const defaultClassesText = 'Normal,Benign,InSitu*,Invasive*'

const coolColours = ['#0072b2', '#009e73', '#56b4e9', '#666666']
const warmColours = ['#e69f00', '#d55e00', '#cc79a7', '#f0e442']

/** Colours for classes: Okabe and Ito (2008), which colour-blind readers can distinguish. Cool ones first, then warm ones. */
export const classPalette: readonly string[] = [...coolColours, ...warmColours]

/**
 * A colour for each class of a scheme, in its order. Carcinoma starts with the warm ones, so that it is not green,
 * which means "all is well" to many readers. Each colour is used once before any is used again.
 */
function coloursOf(arePositive: readonly boolean[]): string[] {
  const used = new Set<string>()
  return arePositive.map((isPositive) => {
    if (used.size === classPalette.length) used.clear()
    const order = isPositive ? [...warmColours, ...coolColours] : classPalette
    const colour = order.find((one) => !used.has(one)) ?? '#7f7f7f'
    used.add(colour)
    return colour
  })
}

/** Keys for classes, in order of use. Except for the last two, the page uses them for nothing else. */
export const classKeys: readonly string[] = Array.from('1234567890eikloqvyhj')

/**
 * The scheme that a text such as "Normal,Benign,InSitu*,Invasive*" names; a star marks carcinoma.
 * @throws AppError `classes.invalid`
 */
export function parseClassScheme(text: string): ClassScheme {
  const named = text.split(',').map((part) => {
    const name = part.trim()
    const isPositive = name.endsWith('*')
    return { name: isPositive ? name.slice(0, -1).trim() : name, isPositive }
  })
  const colours = coloursOf(named.map(({ isPositive }) => isPositive))
  const classes = named.map((one, index) => ({
    ...one,
    key: classKeys[index] ?? '-',
    colour: colours[index],
  }))
  const result = newClassSchemeSchema.safeParse(classes, inPlainWords)
  if (result.success) return result.data
  const reason = [...new Set(result.error.issues.map((issue) => issue.message))].join('; ')
  throw new AppError('classes.invalid', { reason })
}
