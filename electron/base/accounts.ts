import { userInfo } from 'node:os'

/** The account that runs this process, as the operating system has it; no variable of the environment changes it. */
export const ownAccount = (): string => {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** Whether two names are one account of the operating system: Windows does not tell `Ada` from `ada`, others do. */
export const isSameAccount = (one: string, other: string, platform = process.platform): boolean =>
  platform === 'win32' ? one.toLowerCase() === other.toLowerCase() : one === other
