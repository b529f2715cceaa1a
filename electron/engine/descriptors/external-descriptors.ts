import type { BackendName, QualityFlag } from '../../contract/index.ts'
import { measureFlags, type EnsureRequest } from './ensure-descriptors.ts'
import { isExternal, readExternal, type ExternalRecipe } from './external-set.ts'
import type { Matrix } from './npy.ts'
import { StepwiseDescriptors } from './stepwise-descriptors.ts'

/** Descriptors of an image, augmentation by augmentation: the interface of `StepwiseDescriptors`. */
type Stepwise = Pick<StepwiseDescriptors, 'possible' | 'flags' | 'backends' | 'next' | 'keep'>

/** Opens the descriptors of the recipe's external set, or Lobule's own. The codes of StepwiseDescriptors.open and readExternal. */
export const openStepwise = (request: EnsureRequest): Promise<Stepwise> =>
  isExternal(request.recipe)
    ? ExternalDescriptors.open(request, request.recipe)
    : StepwiseDescriptors.open(request)

/** An image's rows in an external set. All of them exist, so nothing is computed or stored. */
class ExternalDescriptors implements Stepwise {
  readonly possible: number
  readonly flags: readonly QualityFlag[] | null
  readonly backends: BackendName[] = []
  readonly #tables: readonly Matrix[]
  #taken = 0

  private constructor(tables: readonly Matrix[], possible: number, flags: readonly QualityFlag[] | null) {
    this.#tables = tables
    this.possible = possible
    this.flags = flags
  }

  static async open(request: EnsureRequest, recipe: ExternalRecipe): Promise<ExternalDescriptors> {
    const { tables } = await readExternal(request.directory, request.image, recipe)
    const flags = request.needFlags === true ? await measureFlags(request) : null
    return new ExternalDescriptors(tables, recipe.augmentation.count, flags)
  }

  next(): Promise<Float32Array[]> {
    const row = this.#taken
    if (row === this.possible) throw new RangeError('there is no further augmentation')
    this.#taken += 1
    return Promise.resolve(
      this.#tables.map(({ columns, data }) => data.slice(row * columns, (row + 1) * columns)),
    )
  }

  keep(): Promise<void> {
    return Promise.resolve()
  }
}
