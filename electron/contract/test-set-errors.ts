import type { SentencesOf } from './error-details.ts'

/** The sentences of locked test sets; `errors.ts` has the others. */
export const testSetSentences: SentencesOf<'test-set'> = {
  'test-set.not-found': (d) => `This workspace has no test set "${d.testSet}".`,
  'test-set.exists': (d) => `A test set named "${d.testSet}" already exists. Choose another name.`,
  'test-set.overlaps': (d) =>
    `${d.images === 1 ? 'One of these images belongs' : `${d.images} of these images belong`} to the test set "${d.testSet}" already. Choose other cases, or release that test set first.`,
  'test-set.nothing-to-lock': () =>
    'No image fits: nothing was locked. Choose cases or images that this workspace has; a random draw needs labelled images of at least two cases of a class.',
  'test-set.not-collecting': (d) => `The test set "${d.testSet}" takes no more images already.`,
  'test-set.released': (d) =>
    `"${d.testSet}" was released and is a test set no more: models may have been trained on its images.`,
  'test-set.opened-before': (d) =>
    `"${d.testSet}" was opened for the model "${d.model}" on ${d.at} already. Look at that result instead (Models, Locked test sets; lobule test-set show), or open it again on purpose (--again): the report will say so.`,
  'test-set.nothing-to-open': (d) =>
    `"${d.testSet}" has no image that can test the model "${d.model}": ${d.unlabelled} without a label on which the readers agree, ${d.trained} that trained the model or whose case did, ${d.failed} that could not be read.`,
  'test-set.no-opening': (d) => `There is no opening ${d.opening} of a test set.`,
  'test-set.locked': (d) =>
    `${d.images === 1 ? 'This image belongs' : `${d.images} of these images belong`} to the locked test set "${d.testSet}": no model suggests a class for them until it is released. To test a model on the whole set, open it (Models, Locked test sets; lobule test-set open).`,
  'test-set.no-such-value': (d) =>
    d.known.length === 0
      ? `No image has a value in the column "${d.column}".`
      : `No image has the value "${d.value}" in the column "${d.column}". Its values: ${d.known.join(', ')}.`,
  'test-set.case-on-both-sides': (d) =>
    `Case ${d.case} has images with "${d.value}" and others ${d.other === null ? 'without a value' : `with "${d.other}"`} in the column "${d.column}"${d.cases > 1 ? `; so have ${d.cases - 1} more cases` : ''}. A case is locked as a whole: correct the column or the cases first. Nothing was locked.`,
  'test-set.case-locked': (d) =>
    `${d.images === 1 ? 'This image belongs' : `${d.images} of these images belong`} to the locked test set "${d.testSet}" and ${d.images === 1 ? 'keeps its case' : 'keep their cases'} until it is released. Leave ${d.images === 1 ? 'it' : 'them'} out of the selection.`,
  'test-set.image-locked': (d) =>
    `${d.images === 1 ? 'This image belongs' : `${d.images} of these images belong`} to the locked test set "${d.testSet}" and cannot be removed or restored until it is released. Leave ${d.images === 1 ? 'it' : 'them'} out of the selection.`,
  'test-set.locked-meanwhile': (d) =>
    `${d.images === 1 ? 'One image was' : `${d.images} images were`} locked as part of a test set during the training. The model was not stored. Train again: they will be left out.`,
}
