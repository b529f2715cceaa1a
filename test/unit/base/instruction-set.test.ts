import { arch } from 'node:os'
import { expect, it } from 'vitest'
import { instructionSet } from '../../../electron/base/instruction-set.ts'

it('names the vector instructions, in a fixed order, and nothing else of the processor', () => {
  const text =
    'processor\t: 0\nmodel name\t: Some\nflags\t\t: fpu avx2 fma avx avx512f sse2\n\nprocessor\t: 1\n'
  expect(instructionSet(text)).toBe(`${arch()} avx avx2 fma avx512f`)
  expect(instructionSet('processor : 0\nFeatures\t: fp asimd sve\n')).toBe(`${arch()} sve`)
})

it('is the name of the processor where its instructions are not listed', () => {
  expect(instructionSet(null)).toMatch(new RegExp(`^${arch()}, .+`))
})
