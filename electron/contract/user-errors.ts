import type { SentencesOf } from './error-details.ts'

/** Such as "30 seconds" or "8 minutes". */
const inWords = (seconds: number): string =>
  seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`

/** The sentences of users and signing in; `errors.ts` has the others. */
export const userSentences: SentencesOf<'user'> = {
  'user.signed-out': () =>
    'This workspace has users, and no one is signed in. Sign in; on the command line, name the user in LOBULE_USER.',
  'user.not-allowed': (d) =>
    `${d.name} has the role ${d.role}, and this needs the role ${d.needed}. Nothing was changed. Ask an administrator of the workspace.`,
  'user.other-reader': (d) =>
    `${d.name} is signed in, so nothing can be done here for ${d.other}. Nothing was changed. ${d.other} must sign in.`,
  'user.labels-of-others': (d) =>
    `The table has ${d.other === null ? 'adjudications' : `labels of ${d.other}`}, which take the role ${d.needed} to import; ${d.name} has the role ${d.role}. Nothing was changed. Ask a user with that role, or import a table without ${d.other === null ? 'adjudications' : 'readers'}.`,
  'user.unknown': (d) => `${d.name} is not a user of this workspace.`,
  'user.exists': (d) => `${d.name} is already a user of this workspace.`,
  'user.wrong-pin': (d) =>
    `That is not the PIN of ${d.name}. ${d.waitSeconds === 0 ? 'Try again.' : `The next attempt is possible in ${inWords(d.waitSeconds)}.`}`,
  'user.wait': (d) =>
    `There were too many wrong PINs for ${d.name}. The next attempt is possible in ${inWords(d.waitSeconds)}; an administrator can set a new PIN at once.`,
  'user.other-account': (d) =>
    `${d.name} signs in with another account of the operating system; Lobule runs as ${d.account}.`,
  'user.one-sign-in': () =>
    'A user signs in either with a PIN or with an account of the operating system. Give one of the two.',
  'user.weak-pin': (d) =>
    `The PIN ${{ short: 'is too short', repeats: 'repeats one character', row: 'is a plain row of characters' }[d.why]}. Use at least 6 characters that cannot be guessed.`,
  'user.first-administrator': () =>
    'The first user of a workspace must be an administrator, since only an administrator can add others.',
  'user.only-account': (d) =>
    `${d.name} would be the only administrator, and could not sign in here with the account ${d.wanted}: Lobule runs as ${d.account}. Use that account or a PIN.`,
  'user.last-administrator': (d) =>
    `${d.name} is the only administrator. Make another user an administrator first, or turn users off.`,
  'user.own-pin': (d) =>
    `${d.name} is signed in and has a PIN, which is changed with the present one: use "New PIN" beside the name, or "lobule users pin".`,
  'user.no-pin': (d) => `${d.name} signs in with an account of the operating system and has no PIN.`,
}
