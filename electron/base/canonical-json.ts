/**
 * JSON with the keys of every object in the order of their UTF-16 units and without spaces (as RFC 8785), so
 * that equal content gives equal text. As in JSON.stringify, keys without a value are left out, and `undefined`
 * in an array and numbers that JSON cannot hold become null.
 */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/**
 * As `canonicalJson`, for keys of caches: two values that differ must never give the same text, so a number
 * that JSON cannot hold is refused instead of becoming null.
 * @throws RangeError for NaN and infinities
 */
export function strictCanonicalJson(value: unknown): string {
  refuseNonFinite(value)
  return canonicalJson(value)
}

function refuseNonFinite(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`JSON cannot hold ${value}`)
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseNonFinite)
}
