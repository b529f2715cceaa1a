import { AppError } from '../../contract/errors.ts'

/**
 * Refuses an encoder that the policy of the computer does not name, by its name or the fingerprint of its weights.
 * LOBULE_ALLOWED_ENCODERS holds what it allows, separated by commas (session/policy.ts sets it); without, all are.
 * @throws AppError `policy.forbids`
 */
export function requireAllowed(name: string, fingerprint: string | null): void {
  const allowed = (process.env['LOBULE_ALLOWED_ENCODERS'] ?? '').split(',').filter((part) => part !== '')
  if (allowed.length === 0 || allowed.includes(name) || allowed.includes(fingerprint ?? '')) return
  throw new AppError('policy.forbids', { what: `The encoder ${name}` })
}
