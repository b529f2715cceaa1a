/** How the text of a table is written. Never guessed: by a wrong guess Müller and Möller become one. */
export const tableEncodings = ['utf-8', 'windows-1252'] as const
export type TableEncoding = (typeof tableEncodings)[number]
