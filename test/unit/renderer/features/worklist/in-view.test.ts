import { expect, it } from 'vitest'
import { isInView } from '../../../../../renderer/features/worklist/in-view.ts'

/** A list of 400 px, from 100 to 500. */
const isSeen = (top: number, bottom: number): boolean => isInView({ top, bottom }, { top: 100, bottom: 500 })

it('asks for half of an image, at either end of the list', () => {
  expect(isSeen(200, 260)).toBe(true)
  // 30 of 60 px, and one less.
  expect([isSeen(70, 130), isSeen(69, 129)]).toEqual([true, false])
  expect([isSeen(470, 530), isSeen(471, 531)]).toEqual([true, false])
  expect([isSeen(20, 80), isSeen(520, 580)]).toEqual([false, false])
})

it('asks for half of the list where an image is higher than the list', () => {
  // 600 px: it never fits, and fills the list.
  expect(isSeen(50, 650)).toBe(true)
  // 200 of the list’s 400 px, and one less.
  expect([isSeen(300, 900), isSeen(301, 901)]).toEqual([true, false])
  expect([isSeen(-300, 300), isSeen(-301, 299)]).toEqual([true, false])
})

it('sees nothing in a list without height', () => {
  expect(isInView({ top: 0, bottom: 60 }, { top: 0, bottom: 0 })).toBe(false)
})
