"""Folds by scikit-learn without shuffle, for test/unit/engine/evaluation/folds.test.ts.

pip install -r requirements.txt && python make-folds.py > folds.json
"""

import json

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold


def assign(splitter, classes, groups=None):
    folds = np.empty(len(classes), int)
    for fold, (_, held_out) in enumerate(splitter.split(np.zeros(len(classes)), classes, groups)):
        folds[held_out] = fold
    return folds.tolist()


cases = []
for seed in range(12):
    generator = np.random.default_rng(seed)
    class_count = int(generator.integers(2, 6))
    n_splits = int(generator.integers(2, 8))
    groups_each = n_splits + int(generator.integers(0, 12))
    classes, groups = [], []
    for c in range(class_count):
        for g in range(groups_each):
            for _ in range(int(generator.integers(1, 9))):
                classes.append(c)
                # Every third group is shared with the next class, as a case with two findings.
                groups.append(((c + (g % 3 == 0)) % class_count) * 1000 + g)
    order = generator.permutation(len(classes))
    classes = np.array(classes)[order]
    groups = np.array(groups)[order]
    cases.append(
        {
            "nSplits": n_splits,
            "classCount": class_count,
            "classes": classes.tolist(),
            "groups": groups.tolist(),
            "stratified": assign(StratifiedKFold(n_splits), classes),
            "stratifiedGroup": assign(StratifiedGroupKFold(n_splits), classes, groups),
        }
    )
print(json.dumps(cases, separators=(",", ":")))
