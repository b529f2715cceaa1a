"""Writes the golden models and predictions of the official LightGBM package.

    python3 -m venv VENV && VENV/bin/pip install -r requirements.txt && VENV/bin/python make-golden.py

The data come from a small generator that test/native/golden-data.ts repeats, so that only LightGBM's answers
are stored: model texts (gzip) and predictions (JSON).
"""

import gzip
import json
import pathlib

import lightgbm
import numpy

HERE = pathlib.Path(__file__).parent
CLASSES = 4


def draws(seed, count):
    """24-bit integers of the 32-bit linear congruential generator of Numerical Recipes."""
    state = seed
    values = numpy.empty(count, dtype=numpy.int64)
    for i in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = state >> 8
    return values


def data(seed, rows, columns):
    """float32 matrix with a few missing values, and labels 0..3 that its first 40 columns tell of."""
    values = draws(seed, rows * columns).reshape(rows, columns)
    labels = draws(seed + 1, rows) >> 22
    shift = numpy.where(numpy.arange(columns) < 40, 1 << 21, 0)
    sign = 1 - 2 * (numpy.arange(columns) % 2)
    values = values + labels[:, None] * (shift * sign)[None, :]
    matrix = (values / 2.0**24).astype(numpy.float32)
    matrix.reshape(-1)[::101] = numpy.nan
    return matrix, labels.astype(numpy.float32)


# docs/pipeline.md, section 9, for seed 0 and fold 0; the last three make the result reproducible and quiet.
PAPER = {
    "objective": "multiclass",
    "num_class": CLASSES,
    "learning_rate": 0.1,
    "num_leaves": 191,
    "max_depth": 7,
    "feature_fraction": 0.46,
    "bagging_fraction": 0.69,
    "bagging_freq": 0,
    "feature_fraction_seed": 1,
    "bagging_seed": 2,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
}
BINARY = {
    "objective": "binary",
    "metric": "auc,binary_logloss",
    "num_leaves": 15,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "lambda_l2": 0.5,
    "seed": 7,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
}


def write(name, booster, matrix, **extra):
    text = booster.model_to_string()
    with open(HERE / f"{name}.txt.gz", "wb") as file:
        file.write(gzip.compress(text.encode("ascii"), 9, mtime=0))
    few = matrix[:2]
    answers = {
        "probability": booster.predict(matrix).ravel().tolist(),
        "raw": booster.predict(matrix, raw_score=True).ravel().tolist(),
        "rawOfRounds2to4": booster.predict(few, raw_score=True, start_iteration=2, num_iteration=3).ravel().tolist(),
        "leaf": booster.predict(few, pred_leaf=True).ravel().astype(int).tolist(),
        "contribution": booster.predict(few, pred_contrib=True).ravel().tolist(),
        "gain": booster.feature_importance("gain").tolist(),
        "split": booster.feature_importance("split").tolist(),
        **extra,
    }
    (HERE / f"{name}.json").write_text(json.dumps({"lightgbm": lightgbm.__version__, **answers}) + "\n")


def paper():
    matrix, labels = data(1, 2000, 300)
    other, other_labels = data(1000, 100, 300)
    dataset = lightgbm.Dataset(matrix, labels)
    validation = lightgbm.Dataset(other, other_labels, reference=dataset)
    history = {}
    booster = lightgbm.train(
        PAPER, dataset, 70, valid_sets=[validation], callbacks=[lightgbm.record_evaluation(history)]
    )
    write("paper", booster, other, validation=history["valid_0"]["multi_logloss"])


def binary():
    """Weights, bagging and a subset of the rows in the whole's bins, float64."""
    matrix, labels = data(2, 600, 25)
    weights = 1 + (draws(3, 600) >> 22)
    whole = lightgbm.Dataset(matrix.astype(numpy.float64), labels >= 2, weight=weights, params=BINARY)
    booster = lightgbm.train(BINARY, whole.construct().subset(list(range(0, 600, 2))), 12)
    write("binary", booster, matrix[1::2][:40])


def categories():
    """Column 0 names one of 40 categories; here such a model is only read."""
    matrix, labels = data(4, 500, 6)
    matrix[:, 0] = (draws(5, 500) % 10) + 10 * labels
    parameters = {**PAPER, "max_cat_to_onehot": 2, "min_data_in_leaf": 5, "num_leaves": 12}
    dataset = lightgbm.Dataset(matrix, labels, params=parameters, categorical_feature=[0])
    write("categories", lightgbm.train(parameters, dataset, 5), matrix[:60])


paper()
binary()
categories()
