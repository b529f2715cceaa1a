import type { EncoderView } from './encoders.ts'
import { recipes } from './recipe.ts'

/** In the order in which a first model tries them. */
const firstRecipes = ['quick', 'starter']

/**
 * The recipe for a training that names none: `quick` if its encoder of the paper is installed with trained weights, else
 * `starter`, whose encoder comes with Lobule. Untrained encoders are there only because a person has installed them to try the
 * program, so they count where nothing trained is installed.
 */
export function defaultRecipeName(encoders: readonly Pick<EncoderView, 'name' | 'source'>[]): string {
  const sources = new Map(encoders.map(({ name, source }) => [name, source]))
  const findWith = (isEnough: (source: EncoderView['source']) => boolean): string | undefined =>
    firstRecipes.find((name) =>
      recipes[name]?.encoders.every((encoder) => isEnough(sources.get(encoder) ?? 'missing')),
    )
  return (
    findWith((source) => source === 'official' || source === 'unofficial') ??
    findWith((source) => source !== 'missing') ??
    'starter'
  )
}
