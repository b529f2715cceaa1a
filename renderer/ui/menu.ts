import type { IconName } from './icons.ts'

export interface MenuItem {
  label: string
  icon?: IconName
  note?: string
  keys?: string
  /** Whether it is ticked; absent: it is no setting. The menu stays open where several can be ticked. */
  isChosen?: boolean
  run: () => void
}

/** Items between two lines. */
export interface MenuGroup {
  heading?: string
  /** One of the items, and no other, is chosen. */
  isChoice?: boolean
  items: readonly MenuItem[]
}
