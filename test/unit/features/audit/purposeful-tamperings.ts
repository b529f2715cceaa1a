import type { Tampering } from './tamperings.ts'

/** What a person would do who wants another result. */
export const purposefulTamperings: readonly Tampering[] = [
  [
    'a technician made an administrator',
    "UPDATE user_changes SET role = 'administrator' WHERE role = 'technician'",
    /change 2 of a user/,
  ],
  [
    'an administrator added',
    "INSERT INTO user_changes (at, reader_id, role, account) SELECT '2026-01-01T00:00:00.000Z', id, 'administrator', 'me' FROM readers WHERE name = 'ben'",
    /change \d+ of a user/,
  ],
  [
    'a PIN taken from another user',
    'UPDATE user_changes SET pin_hash = (SELECT pin_hash FROM user_changes WHERE id = 1) WHERE id = 2',
    /change 2 of a user/,
  ],
  [
    'a reading made an adjudication',
    "UPDATE labels SET kind = 'adjudication' WHERE id = 5",
    /label entry 5 of/,
  ],
  [
    'an adjudication made a reading',
    "UPDATE labels SET kind = 'reading' WHERE kind = 'adjudication'",
    /label entry/,
  ],
  [
    'an undone label made standing',
    'UPDATE labels SET undoes = NULL WHERE undoes IS NOT NULL',
    /label entry/,
  ],
  [
    'a label moved to another image',
    'UPDATE labels SET image_id = 4 WHERE id = 3',
    /label entry 3 of image 4/,
  ],
  ['a label made blind', 'UPDATE labels SET is_blind = 1 WHERE id = 6', /label entry 6 of/],
  ['an unsure label made sure', 'UPDATE labels SET is_unsure = 0 WHERE is_unsure = 1', /label entry/],
  [
    'two classes exchanged',
    "UPDATE classes SET name = CASE name WHEN 'Benign' THEN 'Malignant!' ELSE 'Benign!' END; UPDATE classes SET name = rtrim(name, '!')",
    /label entry 1 of|list of classes/,
  ],
  ['a class made carcinoma', "UPDATE classes SET is_positive = 1 WHERE name = 'Benign'", /list of classes/],
  [
    'two readers exchanged',
    "UPDATE readers SET name = name || '!'; UPDATE readers SET name = CASE name WHEN 'ben!' THEN 'cleo' WHEN 'cleo!' THEN 'ben' ELSE rtrim(name, '!') END",
    /label entry 11 of/,
  ],
  [
    'a reader without labels removed',
    "DELETE FROM readers WHERE name = 'cleo'",
    /The reader of event \d+ no longer/,
  ],
  ['an image without its case', 'UPDATE images SET case_id = NULL WHERE id = 7', /image 7 differs/],
  [
    'two images of one case',
    'UPDATE images SET case_id = (SELECT case_id FROM images WHERE id = 1) WHERE id = 2',
    /image 2 differs/,
  ],
  [
    'two cases exchanged',
    "UPDATE cases SET name = CASE id WHEN 1 THEN 'B1!' ELSE 'B0!' END WHERE id IN (1, 2); UPDATE cases SET name = rtrim(name, '!')",
    /case 1 differs/,
  ],
  ['another pixel size', 'UPDATE images SET pixel_size_um = 0.25 WHERE id = 3', /image 3 differs/],
  [
    'no pixel size',
    "UPDATE images SET pixel_size_um = NULL, pixel_size_source = 'none' WHERE id = 3",
    /image 3 differs/,
  ],
  [
    'the contents of two images exchanged',
    "UPDATE images SET sha256 = sha256 || '!'; UPDATE images SET sha256 = CASE id WHEN 1 THEN (SELECT sha256 FROM images WHERE id = 2) WHEN 2 THEN (SELECT sha256 FROM images WHERE id = 1) ELSE sha256 END WHERE id > 2; UPDATE images SET sha256 = rtrim(sha256, '!'); UPDATE images SET sha256 = 'f' || substr(sha256, 2) WHERE id = 9",
    /image 9 differs/,
  ],
  [
    'the files of two images exchanged',
    'UPDATE images SET copied_path = (SELECT copied_path FROM images i WHERE i.id = 3 - images.id) WHERE id IN (1, 2)',
    /image 1 differs/,
  ],
  ['synthetic images made real', 'UPDATE images SET synthetic = 1 - synthetic', /image 1 differs/],
  [
    'a better accuracy',
    'UPDATE models SET accuracy = 0.99 WHERE id = 1',
    /model 1 differs from event \d+ \(accuracy\)/,
  ],
  [
    'another model name',
    "UPDATE models SET name = 'best' WHERE id = 2",
    /model 2 differs from event \d+ \(name\)/,
  ],
  [
    'models that exchange their names',
    "UPDATE models SET name = name || '!'; UPDATE models SET name = CASE id WHEN 1 THEN 'second' WHEN 2 THEN 'first' ELSE rtrim(name, '!') END",
    /model 1 differs/,
  ],
  [
    'weights called official',
    "UPDATE models SET weights = 'official'",
    /model 1 differs from event \d+ \(weights\)/,
  ],
  [
    'other encoder fingerprints',
    `UPDATE models SET encoder_fingerprints = '{"resnet50":"x"}'`,
    /model 1 differs from event \d+ \(encoderFingerprints\)/,
  ],
  [
    'another booster',
    `UPDATE boosters SET text_sha256 = '${'e'.repeat(64)}' WHERE id = 1`,
    /model 1 differs from event \d+ \(boostersSha256\)/,
  ],
  [
    'boosters of another model',
    'UPDATE boosters SET model_id = 2, seed = seed + 50 WHERE id = 1',
    /list of boosters of the model 2/,
  ],
  [
    'a better report',
    "UPDATE model_reports SET content = json_set(content, '$.evaluation.auc', 0.99) WHERE model_id = 1",
    /model 1 differs from event \d+ \(reportSha256\)/,
  ],
  [
    'folds turned round',
    'UPDATE folds SET fold = (fold + 1) % 5 WHERE model_id = 1',
    /list of folds of the model 1 differs/,
  ],
  [
    'the labels of a training changed',
    "UPDATE folds SET class_name = 'Benign' WHERE model_id = 1",
    /list of folds of the model 1 differs/,
  ],
  [
    'a region that a model was not trained on',
    'DELETE FROM trained_regions WHERE region_id = 1',
    /list of trained regions of the model \d+, which no longer exists/,
  ],
  [
    'a recipe with another content',
    `UPDATE recipes SET content = json_set(content, '$.folds', 3)`,
    /recipe .* differs/,
  ],
  [
    'a promotion withdrawn',
    "UPDATE promotions SET withdrawn_at = '2026-01-01T00:00:00.000Z' WHERE id = 1",
    /promotion 1 differs/,
  ],
  [
    'a withdrawn promotion put in force',
    'UPDATE promotions SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL',
    /promotion \d differs/,
  ],
  [
    'another reason for a promotion',
    "UPDATE promotions SET reason = 'x' WHERE id = 1",
    /promotion 1 differs from event \d+ \(reason\)/,
  ],
  [
    'a lower threshold',
    'UPDATE operating_points SET threshold = 0.1 WHERE id = 1',
    /operating point 1 differs from event \d+ \(threshold\)/,
  ],
  [
    'the threshold of another model',
    'UPDATE operating_points SET model_id = 2 WHERE id = 1',
    /operating point 1 differs/,
  ],
  [
    'another suggestion',
    "UPDATE verdicts SET suggested = 'Benign' WHERE id = 4",
    /predictions 1 to 10 differ/,
  ],
  [
    'the newest prediction removed',
    'DELETE FROM verdicts WHERE id = (SELECT max(id) FROM verdicts)',
    /predictions 11 to 12 differ/,
  ],
  [
    'a flag of a prediction removed',
    "UPDATE verdicts SET flags = '[]' WHERE id = 4",
    /predictions 1 to 10 differ/,
  ],
  [
    'a region with another class',
    'UPDATE region_entries SET class_id = 2 WHERE id = 1',
    /regions of the change 1 differs/,
  ],
  [
    'a region of another shape',
    "UPDATE region_entries SET geometry = json_set(geometry, '$.right', 8) WHERE id = 2",
    /regions of the change 2 differs/,
  ],
  [
    'a region on another image',
    'UPDATE regions SET image_id = 3 WHERE id = 1; UPDATE region_changes SET image_id = 3 WHERE image_id = 1',
    /regions of the change 1 differs/,
  ],
  [
    'a region of another reader',
    "UPDATE region_changes SET reader_id = (SELECT id FROM readers WHERE name = 'cleo') WHERE id = 1",
    /change 1 of regions differs/,
  ],
  [
    'another time of creation, so that this computer forgets what it saw',
    "UPDATE workspace SET created_at = '2020-01-01T00:00:00.000Z'",
    /name and date of the workspace differs/,
  ],
  [
    'a job that says it failed',
    "UPDATE jobs SET state = 'failed', report = NULL WHERE kind = 'import'",
    /job \d+ differs/,
  ],
  [
    'an image taken out of a locked test set',
    'DELETE FROM test_set_images WHERE test_set_id = 1',
    /list of images of the test set 1/,
  ],
  [
    'a test set released without a word',
    "UPDATE test_sets SET released_at = '2026-01-01T00:00:00.000Z', released_reason = 'x' WHERE id = 1",
    /test set 1 differs/,
  ],
  [
    'a released test set locked again',
    'UPDATE test_sets SET released_at = NULL WHERE id = 2',
    /test set 2 differs/,
  ],
  ['an opening that never was', 'DELETE FROM test_set_openings WHERE id = 1', /opening 1 of a test set/],
  [
    'a better figure of an opening',
    "UPDATE test_set_openings SET content = json_set(content, '$.evaluation.accuracy', 1) WHERE id = 1",
    /opening 1 of a test set differs/,
  ],
].map(([name, sql, place]) => ({ name, sql, place }) as Tampering)
