/** The composed form (NFC), as Windows writes a name and a Mac does not. */
export const composed = (name: string): string => name.normalize('NFC')

/** A name as names are compared: composed, and in lower case. */
export const plainName = (name: string): string => composed(name).toLowerCase()

export const isSameName = (a: string, b: string): boolean => plainName(a) === plainName(b)
