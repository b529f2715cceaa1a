"""Likeness by scikit-learn's NearestNeighbors, for test/unit/engine/prediction/likeness.test.ts.

pip install -r requirements.txt && python make-likeness.py > likeness.json

Nothing of the program's short cut is used here: for the p-value of a new image the neighbours of every image, the
new one among them, are looked up anew, each among the images of other cases.
"""

import json

import numpy as np
from sklearn.neighbors import NearestNeighbors

K = 3


def nearest_others(vectors, cases):
    """The K smallest distances of each row to rows of other cases; -1 is no case."""
    found = []
    for own, case in enumerate(cases):
        others = [i for i in range(len(cases)) if i != own and (case < 0 or cases[i] != case)]
        # A tree takes differences, as the program does; "brute" would take dot products and lose digits.
        search = NearestNeighbors(n_neighbors=K, algorithm="kd_tree").fit(vectors[others])
        found.append(search.kneighbors(vectors[[own]])[0][0])
    return np.array(found)


groups = []
for seed in range(4):
    generator = np.random.default_rng(seed)
    rows = int(generator.integers(12, 30))
    lengths = [int(n) for n in generator.integers(2, 7, size=int(generator.integers(1, 4)))]
    centres = generator.uniform(0.5, 1, size=(3, sum(lengths)))
    every = centres[generator.integers(0, 3, rows + 4)] + generator.normal(0, 0.15, (rows + 4, sum(lengths)))
    # New images: two like the others, one some way off, one far off.
    every[-2] *= generator.uniform(0.5, 1.5, sum(lengths))
    every[-1] = generator.uniform(0, 1, sum(lengths)) ** 4
    parts = []
    start = 0
    for length in lengths:
        part = np.abs(every[:, start : start + length]).astype(np.float32).astype(np.float64)
        parts.append(part)
        start += length
    unit = [part / np.linalg.norm(part, axis=1, keepdims=True) / np.sqrt(len(parts)) for part in parts]
    signatures = np.hstack(unit).astype(np.float32)
    vectors = signatures.astype(np.float64)
    cases = [int(case) for case in generator.integers(-1, max(5, rows // 3), rows)]
    nearest = nearest_others(vectors[:rows], cases)
    scores = nearest[:, -1]
    new = []
    for row in range(rows, rows + 4):
        together = nearest_others(vectors[[*range(rows), row]], [*cases, -1])[:, -1]
        new.append({"distance": together[-1], "pValue": float(np.mean(together >= together[-1]))})
    groups.append(
        {
            "parts": [part.tolist() for part in parts],
            "signatures": signatures.tolist(),
            "cases": cases,
            "nearest": nearest.tolist(),
            "trained": [float(np.mean(scores >= score)) for score in scores],
            "new": new,
        }
    )

print(json.dumps(groups, separators=(",", ":")))
