import type { ClassifierKind, Recipe } from '../../contract/index.ts'

/** The place of one classifier in the ensemble of a constituent. */
export interface MemberPlace {
  readonly kind: ClassifierKind
  readonly seed: number
  /** The fold that holds its images out of training. */
  readonly fold: number
}

const kindsOf = ({ classifier }: Pick<Recipe, 'classifier'>): readonly ClassifierKind[] =>
  classifier === 'both' ? ['lightgbm', 'logistic'] : [classifier ?? 'lightgbm']

/**
 * The classifiers of each constituent, in the order of training: LightGBM for each seed and fold, a logistic regression for
 * each fold, since it draws no random numbers.
 */
export const membersOf = (recipe: Pick<Recipe, 'classifier' | 'seeds' | 'folds'>): MemberPlace[] =>
  kindsOf(recipe).flatMap((kind) =>
    Array.from({ length: (kind === 'lightgbm' ? recipe.seeds : 1) * recipe.folds }, (_, i) => ({
      kind,
      seed: Math.floor(i / recipe.folds),
      fold: i % recipe.folds,
    })),
  )

/**
 * What the probabilities of each member are divided by, so that each kind of classifier has the same weight, however many
 * seeds LightGBM has, and all weights add up to 1.
 */
export function divisorsOf(members: readonly { readonly kind: ClassifierKind }[]): number[] {
  const counts = new Map<ClassifierKind, number>()
  for (const { kind } of members) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return members.map(({ kind }) => (counts.get(kind) ?? 0) * counts.size)
}
