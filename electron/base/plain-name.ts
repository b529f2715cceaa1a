/** A name as names are compared: composed (NFC), as Windows writes it and a Mac does not, and in lower case. */
export const plainName = (name: string): string => name.normalize('NFC').toLowerCase()

export const isSameName = (a: string, b: string): boolean => plainName(a) === plainName(b)
