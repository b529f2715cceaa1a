"""Writes logistic regressions of scikit-learn: coefficients, probabilities, and the choice of C by case.

    python3 -m venv VENV && VENV/bin/pip install -r requirements.txt && VENV/bin/python make_golden.py

The data come from a small generator that the test repeats (test/unit/engine/classifiers/golden-rows.ts), so that only
scikit-learn's answers are stored.
"""

import json
import pathlib

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, log_loss
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).parent
GRID = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10]


def draws(seed, count):
    """Values in [0, 1) of the 32-bit linear congruential generator of Numerical Recipes, 24 bits each."""
    state = seed
    values = numpy.empty(count)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = (state >> 8) / 2.0**24
    return values


def data(seed, rows, columns, classes, shift):
    """Uniform values, higher by `shift` in the columns of a row's class; classes in turn."""
    values = draws(seed, rows * columns).reshape(rows, columns)
    labels = numpy.arange(rows) % classes
    columns_of = numpy.arange(columns) % classes
    return values + shift * (columns_of[None, :] == labels[:, None]), labels


def special(name, values, labels):
    if name == "one row of a class":
        labels = numpy.where(labels == 2, 0, labels)
        labels[5] = 2
    if name == "constant and equal":
        values[:, 1] = 0.1
        values[:, 2] = values[:, 3]
        values[1::2] = values[0::2]
    return values, labels


SETS = [
    # name, seed, rows, columns, classes, shift, C
    ("two classes", 1, 80, 6, 2, 0.1, 1.0),
    ("fewer rows than columns", 2, 40, 150, 4, 0.05, 0.01),
    ("separable", 3, 30, 60, 2, 0.8, 10.0),
    ("separable, four classes, hardly a penalty", 4, 32, 12, 4, 2.0, 1000.0),
    ("one row of a class", 5, 45, 20, 3, 0.2, 0.3),
    ("constant and equal", 6, 60, 80, 3, 0.1, 0.1),
]


def fit(values, labels, penalty):
    classifier = LogisticRegression(C=penalty, solver="lbfgs", tol=1e-13, max_iter=1_000_000)
    return make_pipeline(StandardScaler(), classifier).fit(values, labels)


def largest_gradient(values, labels, penalty, model):
    """Of the objective, divided by C: 0 at the minimum."""
    scaled = model[0].transform(values)
    p = model.predict_proba(values)
    truth = numpy.eye(p.shape[1])[labels]
    rest = (p - truth)[:, 1:] if p.shape[1] == 2 else p - truth
    return float(numpy.abs(rest.T @ scaled + model[1].coef_ / penalty).max())


fits = []
for name, seed, rows, columns, classes, shift, penalty in SETS:
    values, labels = special(name, *data(seed, rows, columns, classes, shift))
    model = fit(values, labels, penalty)
    print(name, "gradient", largest_gradient(values, labels, penalty, model))
    fits.append(
        {
            "name": name,
            "seed": seed,
            "rows": rows,
            "columns": columns,
            "classes": classes,
            "shift": shift,
            "C": penalty,
            "coefficients": model[1].coef_.tolist(),
            "intercepts": model[1].intercept_.tolist(),
            "probabilities": model.predict_proba(values).tolist(),
        }
    )

choices = []
for seed, shift, common in ((11, 0.1, 0), (12, 0.5, 0), (13, 0.0, 0), (14, 0.5, 8)):
    values, labels = data(seed, 90, 40, 3, shift)
    # Three images a case, of one class each.
    labels = numpy.repeat(labels[:30], 3)
    values = values + shift * ((numpy.arange(40) % 3)[None, :] == labels[:, None])
    # What all columns of a row share hides the classes from small weights.
    values = values + common * draws(seed + 1000, 90)[:, None]
    groups = numpy.arange(90) // 3
    splits = list(StratifiedGroupKFold(n_splits=5).split(values, labels, groups))
    scores, right = [], []
    for penalty in GRID:
        held = numpy.empty((90, 3))
        for train, test in splits:
            held[test] = fit(values[train], labels[train], penalty).predict_proba(values[test])
        accuracy = balanced_accuracy_score(labels, held.argmax(axis=1))
        scores.append((-float(accuracy), float(log_loss(labels, held)), penalty))
        # Of each case: its share of the balanced accuracy.
        share = (held.argmax(axis=1) == labels) / numpy.bincount(labels)[labels] / 3
        right.append(numpy.bincount(groups, weights=share))
    usual = right[GRID.index(0.01)]
    clear = [
        score
        for score, own in zip(scores, right)
        if (own - usual).sum() > 2 * numpy.sqrt(len(usual)) * (own - usual).std(ddof=1)
    ]
    choices.append({"seed": seed, "shift": shift, "common": common, "scores": [[-a, loss] for a, loss, _ in scores], "C": min(clear)[2] if clear else 0.01})
    print(choices[-1])

(HERE / "golden.json").write_text(json.dumps({"fits": fits, "choices": choices}, indent=None) + "\n")
