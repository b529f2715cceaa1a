import { asked, known, thresholdNeeds, type ItemSection } from './item.ts'

/** Numbers as in Tejani et al., Radiol Artif Intell 2024;6(4):e240300; the topics are ours. */
export const claim: readonly ItemSection[] = [
  {
    title: 'Title, abstract, introduction',
    items: [
      asked('1', 'The title names AI and its kind', 'The title.', 'technique'),
      asked('2', 'Abstract', 'The abstract.'),
      asked('3', 'Background and intended role', 'Background and clinical role.', 'intendedUse'),
      asked('4', 'Aims and hypotheses', 'The aims and hypotheses.'),
    ],
  },
  {
    title: 'Methods: study and data',
    items: [
      asked('5', 'Prospective or retrospective', 'Which of both it is.'),
      asked('6', 'Goal of the study', 'The goal.'),
      asked('7', 'Sources of the data', 'The sources, with links to public ones.', 'sources', 'importDates'),
      asked('8', 'Inclusion and exclusion', 'The criteria, and how cases were selected.', 'missing'),
      known('9', 'Preparation of the data', 'preprocessing'),
      asked(
        '10',
        'Selection of parts of the data',
        'Who chose the fields on the slides, and how.',
        'quality',
      ),
      asked('11', 'Removal of identities', 'How identities were removed.'),
      known('12', 'Missing data', 'missing'),
      asked('13', 'Acquisition of the images', 'Scanner or camera, objective, staining.', 'acquisition'),
    ],
  },
  {
    title: 'Methods: reference standard',
    items: [
      asked('14', 'Definition', 'How labels from outside Lobule were made.', 'outcome', 'reference'),
      asked('15', 'Reasons', 'Why this reference standard.'),
      asked('16', 'Who labelled', 'Qualification and training of the readers.', 'readers'),
      asked('17', 'How they labelled', 'Instructions to the readers.', 'reference', 'blinding', 'software'),
      known('18', 'Variability between readers and how it was settled', 'kappa', 'disagreement'),
    ],
  },
  {
    title: 'Methods: division of the data and size',
    items: [
      known('19', 'How the data were divided', 'partition', 'imbalance', 'testSets'),
      known('20', 'What is kept together', 'partition', 'leaks'),
      asked('21', 'Intended size of the test data', 'How the size was determined.', 'testSets'),
    ],
  },
  {
    title: 'Methods: model and training',
    items: [
      known('22', 'The model', 'technique', 'predictors', 'output'),
      known('23', 'Software', 'software'),
      known('24', 'Initial parameters', 'initialisation'),
      known('25', 'Training', 'building', 'preprocessing'),
      asked('26', 'How the final model was chosen', thresholdNeeds, 'tried', 'threshold'),
      known('27', 'Combination of several models', 'ensemble'),
    ],
  },
  {
    title: 'Methods: evaluation',
    items: [
      asked('28', 'Measures of performance', 'Comparison with published models.', 'measures'),
      known('29', 'Uncertainty', 'measures', 'performance'),
      asked('30', 'Robustness', 'Analyses of robustness beyond these.', 'subgroups', 'quality', 'sampleSize'),
      asked('31', 'Explanation', 'Whether heat maps were used, and how they were checked.', 'heatMaps'),
      known('32', 'Tests on internal data', 'partition', 'performance'),
      asked(
        '33',
        'Tests on external data',
        'Whether a test set is from another site, or why there is none.',
        'testSets',
      ),
      asked('34', 'Registration', 'Register and number, or that the study is no registered trial.'),
    ],
  },
  {
    title: 'Results',
    items: [
      asked('35', 'Numbers included and excluded', 'Patients who were not imported, and why.', 'flow'),
      asked('36', 'Characteristics of patients', 'Age, sex and findings, by part.', 'trainingData'),
      known(
        '37',
        'Performance against the reference standard',
        'performance',
        'folds',
        'subgroups',
        'testSets',
      ),
      known('38', 'Accuracy with intervals', 'performance', 'calibration', 'inUse'),
      known('39', 'Failures', 'failures', 'overrides'),
    ],
  },
  {
    title: 'Discussion and other information',
    items: [
      asked('40', 'Limitations', 'Limitations, also of methods and data.', 'limits'),
      asked('41', 'Implications for practice', 'Implications, intended use, and what stands against it.'),
      asked('42', 'Full protocol', 'Where protocol or further details are.'),
      asked('43', 'Availability', 'Where software, model and data can be had.', 'specification', 'software'),
      asked('44', 'Funding', 'The source of funding and its role.'),
    ],
  },
]
