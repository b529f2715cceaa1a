/**
 * The public key of releases (ed25519, base64 of its DER form). It is a placeholder until releases are signed: with
 * null, nothing is accepted. `npm run release:manifest -- --new-key FILE` makes a pair; docs/supply-chain.md.
 */
export const releaseKey: string | null = null
