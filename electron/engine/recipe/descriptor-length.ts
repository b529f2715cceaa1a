import { AppError } from '../../contract/errors.ts'
import { isBuiltIn, type EncoderName, type Recipe } from '../../contract/index.ts'
import { architectures } from '../encoders/architectures.ts'

/**
 * Numbers of an encoder's descriptor, installed here or not: a recipe says it of encoders that are not Lobule's own.
 * @throws AppError `encoder.missing` if the recipe does not say it
 */
export function descriptorLength(
  { own = [] }: { readonly own?: Recipe['own'] },
  encoder: EncoderName,
): number {
  if (isBuiltIn(encoder)) return architectures[encoder].descriptorLength
  const found = own.find(({ name }) => name === encoder)
  if (found === undefined) throw new AppError('encoder.missing', { encoders: [encoder] })
  return found.length
}
