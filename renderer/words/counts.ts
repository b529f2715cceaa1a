import { formatCount } from './format.ts'

export const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`)
export const cases = (count: number): string => (count === 1 ? '1 case' : `${formatCount(count)} cases`)
export const boosters = (count: number): string =>
  count === 1 ? '1 booster' : `${formatCount(count)} boosters`
