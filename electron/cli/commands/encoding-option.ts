import { Option } from 'commander'
import { tableEncodings, type TableEncoding } from '../../contract/index.ts'

export interface EncodingOptions {
  encoding?: TableEncoding
}

/** How a file from outside is written; never guessed. @param what as in "the table" */
export const encodingOption = (what: string): Option =>
  new Option('--encoding <name>', `how ${what} is written, if it is not UTF-8 or UTF-16`).choices(
    tableEncodings,
  )

/** What a refusal of a text that is not UTF-8 adds. */
export const encodingAdvice = ', or state how it is written (--encoding windows-1252)'
