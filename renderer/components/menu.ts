import type { IconName } from './icons.ts'

export interface MenuItem {
  label: string
  icon?: IconName
  note?: string
  keys?: string
  run: () => void
}
