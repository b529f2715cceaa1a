/** One step of the format; the program's `user_version` after it is `version`. */
export interface Migration {
  version: number
  sql: string
}
