export {
  fieldsPerCase,
  makeSyntheticField,
  syntheticClasses,
  syntheticFieldDefaults,
  type SyntheticClass,
  type SyntheticFieldOptions,
} from './synthetic-field.ts'
export { writeSyntheticSet, type SyntheticFile, type SyntheticSetOptions } from './synthetic-set.ts'
export { writeSyntheticSlide, type SyntheticSlideOptions } from './write-slide.ts'
