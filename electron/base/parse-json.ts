/** The value of a JSON text. @param refuse throws; called if it is none */
export function parseJson(text: string, refuse: () => never): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse()
  }
}
