import type { IconName } from './icons.ts'

export interface MenuItem {
  label: string
  icon?: IconName
  note?: string
  keys?: string
  /** Whether it is checked; absent: the item is not a setting. The menu stays open if several items can be checked. */
  isChosen?: boolean
  /** The call of the contract that it makes; the item is left out where that is not offered. */
  call?: string
  run: () => void
}

/** Items between two lines. */
export interface MenuGroup {
  heading?: string
  /** Exactly one of the items is chosen. */
  isChoice?: boolean
  items: readonly MenuItem[]
}
