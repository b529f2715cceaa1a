/**
 * A sentence for each figure that a report or the viewer shows, by the words that it is shown under. Page and file take
 * them from here.
 */
interface Explanation {
  name: string
  /** Other words that the same figure is shown under, such as with a number in them. */
  also?: RegExp
  sentence: string
}

const explanations: readonly Explanation[] = [
  // How many and how often.
  { name: 'Images', sentence: 'How many images the line counts.' },
  {
    name: 'Cases',
    sentence:
      'How many cases the images come from. Images of one patient resemble each other, so the number of cases decides how sure a figure is.',
  },
  { name: 'Count', sentence: 'How many images, or cases, the figures of the line are counted over.' },
  { name: 'Agreed', sentence: 'How many suggestions were the same as the label that was given after them.' },
  { name: 'Share', sentence: 'The agreed images in percent of all images of the line.' },
  {
    name: '95 % by case',
    also: /^95 % interval$/,
    sentence:
      'Where the share would probably be found with other cases of the same kind: 95 of 100 such intervals contain it. It is wide with few cases.',
  },
  // Readers.
  {
    name: 'Read',
    sentence: 'Images on which the reader decided: they chose a class, or were unsure.',
  },
  { name: 'Timed', sentence: 'Images for which the time between two labels is known.' },
  {
    name: 'Median time',
    sentence: 'Half of the timed images took longer, half of them less. Few long ones do not move it.',
  },
  { name: 'Middle half', sentence: 'A quarter of the images took less, a quarter longer.' },
  {
    name: '95 % of the median',
    sentence:
      'Where the median would probably be found with other cases of the same kind. Not shown for fewer than 5 cases.',
  },
  {
    name: 'Read blind',
    sentence: 'The median time, and the number of images, where suggestions and other labels were hidden.',
  },
  {
    name: 'Without suggestion',
    sentence: 'The median time, and the number of images, where no model had suggested a class yet.',
  },
  {
    name: 'Suggestion in view',
    sentence: 'The median time, and the number of images, where a suggestion could be seen before the label.',
  },
  { name: 'Overridden', sentence: 'Images for which the reader chose another class than the suggested one.' },
  { name: 'Override rate', sentence: 'The overridden images in percent of all images of the line.' },
  { name: 'Agreed before', sentence: 'How often the first blind label was the suggested class.' },
  { name: 'Agreed after', sentence: 'How often the same reader’s label of today is the suggested class.' },
  { name: 'Points', sentence: 'Agreed after minus agreed before, in percentage points.' },
  {
    name: '95 % of the points',
    sentence:
      'Where the difference would probably be found with other cases of the same kind. If it contains 0, it may be chance. Not shown for fewer than 5 cases.',
  },
  { name: 'Kept', sentence: 'Images whose label is the same as before the suggestion was seen.' },
  { name: 'To the suggestion', sentence: 'Labels that were changed to the suggested class.' },
  {
    name: 'Away from it',
    sentence: 'Labels that were the suggested class, and were changed to another one.',
  },
  { name: 'Between others', sentence: 'Labels that were changed, and were the suggested class at no time.' },
  {
    name: 'Opening',
    sentence: 'Which opening of this locked test set it was. Only the first is a test without hindsight.',
  },
  {
    name: 'Promised',
    sentence: 'The accuracy that the training had measured out of fold, before this test.',
  },
  // Accuracy.
  {
    name: 'Out-of-fold accuracy',
    sentence:
      'How often the suggested class was the label, each image judged by classifiers that were not trained on its fold. The interval is where it would probably be found with other cases of the same kind.',
  },
  {
    name: 'Worst fold',
    sentence:
      'The out-of-fold accuracy within the fold where it is lowest. Far below that of all folds: some cases are unlike the others.',
  },
  {
    name: 'Trained on',
    sentence: 'The labelled images that the training used, and the cases they come from.',
  },
  { name: 'Duration', sentence: 'How long the training took on the computer that made the model.' },
  {
    name: 'Accuracy',
    sentence:
      'In percent, how often the suggested class was the label. Compare it with always choosing the largest class.',
  },
  {
    name: 'Fold',
    also: /^Fold \d+$/,
    sentence:
      'The data are divided into folds by case. This is the accuracy on the images of one fold, by classifiers that were trained on the other folds only.',
  },
  { name: 'Mean', sentence: 'The mean of the accuracies of the folds, in percent.' },
  {
    name: 'SD (population)',
    sentence: 'How far the folds differ from each other, in percentage points: their standard deviation.',
  },
  {
    name: '95 % (Wilson)',
    also: /^95 %$/,
    sentence:
      'A 95 % interval that takes all images as independent. Images of one patient are not, so the truth is less certain than it says.',
  },
  {
    name: 'Balanced accuracy',
    sentence:
      'The accuracy within each class, averaged over the classes. Unlike accuracy, it does not rise when the largest class is always chosen.',
  },
  {
    name: 'Matthews correlation',
    sentence:
      'Agreement of suggestion and label beyond what the sizes of the classes explain: 1 is perfect, 0 is no better than chance, below 0 is worse.',
  },
  // Encoders compared.
  {
    name: 'Points to the best',
    sentence:
      'Accuracy minus that of the best line, in percentage points, on the same images. Below 0 is worse.',
  },
  {
    name: 'Adjusted p',
    sentence:
      'How often chance alone gives a difference this large between any two lines. It counts that all were compared and that the best was chosen by the same cases. Below 0.05 is more than chance.',
  },
  {
    name: 'Seconds an image',
    sentence:
      'From file to descriptors for one image of this workspace, measured on this computer. The classifier adds milliseconds.',
  },
  {
    name: 'Training seconds',
    sentence: 'How long the classifiers of all folds took to train, once the images are encoded.',
  },
  // Carcinoma or not.
  {
    name: 'AUC',
    also: /^Area under the curve/,
    sentence:
      'If you draw one image with carcinoma and one without, how often the first has the higher score: 1 is always, 0.5 is guessing.',
  },
  {
    name: 'AUC by case',
    sentence:
      'If you draw one case with carcinoma and one without, how often the first has the higher score: 1 is always, 0.5 is guessing.',
  },
  {
    name: '95 % of the AUC',
    sentence:
      'Where the AUC would probably be found with other cases of the same kind. If it contains 0.5, the model may be guessing.',
  },
  {
    name: 'Score at least',
    also: /^(Threshold|At \d.*|Saved: .*)$/,
    sentence: 'An image counts as carcinoma if its carcinoma score is at least this.',
  },
  {
    name: 'Sensitivity',
    sentence: 'Of the images with carcinoma, how many the model counts as carcinoma. The rest are missed.',
  },
  {
    name: 'Specificity',
    sentence:
      'Of the images without carcinoma, how many the model counts as free of it. The rest are false alarms.',
  },
  {
    name: 'PPV',
    also: /^Positive predictive value$/,
    sentence:
      'Of the images that the model counts as carcinoma, how many have it. It holds only where carcinoma is as frequent as among these images.',
  },
  {
    name: 'NPV',
    also: /^Negative predictive value$/,
    sentence:
      'Of the images that the model counts as free of carcinoma, how many are. It holds only where carcinoma is as frequent as among these images.',
  },
  {
    name: 'Acting on the score',
    sentence:
      'Net benefit of treating the images at or above the threshold as carcinoma: found carcinomas per image, minus false alarms at the price that the threshold sets.',
  },
  {
    name: 'Acting on every image',
    sentence:
      'Net benefit of treating every image as carcinoma. The score is of use only where it does better.',
  },
  // Probabilities.
  {
    name: 'Brier score',
    sentence:
      'How far the probabilities are from what was true: the mean squared difference. 0 is perfect, lower is better.',
  },
  {
    name: 'Expected calibration error',
    sentence:
      'By how much the stated probability differs from how often it was right, on average. 0.05 means five percentage points.',
  },
  {
    name: 'Log loss',
    sentence:
      'Punishes probabilities that were high for the wrong class, the surer the more. 0 is perfect, lower is better.',
  },
  {
    name: 'Predicted probability',
    sentence: 'The mean of the probabilities that the model stated for these images.',
  },
  { name: 'Observed frequency', sentence: 'How many of these images really were what the model stated.' },
  // Prediction sets.
  {
    name: 'Observed',
    sentence:
      'How many prediction sets contained the label. Far below the target, the sets promise more than they keep.',
  },
  {
    name: 'Coverage of a class',
    sentence: 'Of the images with this label, how many prediction sets contained it.',
  },
  {
    name: 'Mean size',
    sentence:
      'How many classes a prediction set has on average. 1 is decided; the more, the less the model excludes.',
  },
  {
    name: 'Sets of',
    also: /^Sets of \d+$/,
    sentence: 'How many images have a prediction set with so many classes.',
  },
  // Likeness.
  {
    name: 'Likeness',
    sentence:
      'Proportion of training images that differ from the rest at least as much as this image does (p). At 5 % or less, the image is unlike the training images.',
  },
  {
    name: 'p',
    sentence: 'Proportion of the other training images that differ from the rest at least as much.',
  },
  {
    name: 'Distance',
    sentence:
      'How far the image is from the training images that resemble it most, by the numbers that the encoder gives it.',
  },
  // How a model was made.
  { name: 'Trained', sentence: 'When the model was trained, and how long it took.' },
  {
    name: 'Folds',
    sentence:
      'Into how many parts the data were divided. Each part was tested by classifiers that were trained on the others.',
  },
  {
    name: 'Classifiers',
    sentence: 'How many classifiers the suggestion is the mean of. More make it steadier, not more correct.',
  },
  {
    name: 'Augmentations',
    sentence:
      'Random variations of stain strength, rotation and crops; the suggestion is the average over them.',
  },
  { name: 'Crops', sentence: 'How many parts of each image are looked at, and at which size and scale.' },
  // One image, in the viewer.
  {
    name: 'Probabilities',
    sentence:
      'How probable each class is by this model, calibrated so that of images with 80 % about 80 % should be correct. It holds for images like those of the training set.',
  },
  {
    name: 'Carcinoma score',
    sentence:
      'Compares the largest carcinoma probability with the largest other probability. At 0.33 few carcinomas are missed; 0.50 is the balanced point.',
  },
  {
    name: 'Prediction set',
    also: /^Prediction set \(.*\)$/,
    sentence:
      'Classes that this image may belong to. The sets are made to contain the true class this often; the model’s report shows how often they did.',
  },
  {
    name: 'Raw output',
    sentence: 'Before calibration. The probabilities above are calibrated on out-of-fold predictions.',
  },
  {
    name: 'Spread over classifiers',
    sentence:
      'How far the classifiers differ on this image: the standard deviation of the probability of the suggested class.',
  },
  {
    name: 'Spread over stains',
    sentence:
      'How far the probability of the suggested class changes when stain strength, rotation and crops vary: its standard deviation.',
  },
  {
    name: 'By encoder',
    also: /^By \S/,
    sentence: 'What this encoder alone would have suggested, before calibration.',
  },
  {
    name: 'Operating point',
    also: /^Operating point \d.*$/,
    sentence: 'The threshold of the carcinoma score, and the side of it on which this image is.',
  },
  {
    name: 'Flags',
    sentence:
      'What may make the suggestion unreliable: the value that was measured, and the limit that it passed.',
  },
  { name: 'Size', sentence: 'Width and height of the image in pixels.' },
  { name: 'Field', sentence: 'Width and height of the tissue in the image.' },
  {
    name: 'Pixel size',
    sentence: 'How much tissue one pixel shows. Without it, the image is resampled as if it were 0.42 µm.',
  },
]

const byName = new Map(explanations.map((explanation) => [explanation.name, explanation]))

const find = (label: string): Explanation | undefined =>
  byName.get(label) ?? explanations.find(({ also }) => also?.test(label) === true)

/** What a figure means, by the words that it is shown under; null: nothing is known under these words. */
export const explanationOf = (label: string): string | null => find(label)?.sentence ?? null

/** The figures that are shown under these words, each once, with what they mean. */
export function explainAll(labels: readonly string[]): (readonly [name: string, sentence: string])[] {
  const found = new Set(labels.flatMap((label) => find(label) ?? []))
  return [...found].map(({ name, sentence }) => [name, sentence] as const)
}
