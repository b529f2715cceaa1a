import { formatCount } from './format.ts'

export const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`)
export const cases = (count: number): string => (count === 1 ? '1 case' : `${formatCount(count)} cases`)
export const classifiers = (count: number): string =>
  count === 1 ? '1 classifier' : `${formatCount(count)} classifiers`
