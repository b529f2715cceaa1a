import { formatCount } from './format.ts'

export const images = (count: number): string => (count === 1 ? '1 image' : `${formatCount(count)} images`)
export const cases = (count: number): string => (count === 1 ? '1 case' : `${formatCount(count)} cases`)
export const regions = (count: number): string =>
  `${formatCount(count)} ${count === 1 ? 'region' : 'regions'}`
export const trainingFields = (count: number): string =>
  `${formatCount(count)} training ${count === 1 ? 'field' : 'fields'}`
export const classifiers = (count: number): string =>
  count === 1 ? '1 classifier' : `${formatCount(count)} classifiers`
export const slides = (count: number): string => (count === 1 ? '1 slide' : `${formatCount(count)} slides`)
