"""Figures by scikit-learn, statsmodels, SciPy and NumPy, for test/unit/engine/evaluation/golden.test.ts.

pip install -r requirements.txt && python make-metrics.py > metrics.json
"""

import json
import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    cohen_kappa_score,
    confusion_matrix,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint


def two_class(seed):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(20, 200))
    truth = generator.random(n) < 0.4
    truth[:2] = [True, False]
    scores = 1 / (1 + np.exp(-(generator.normal(size=n) * 1.5 + truth - 0.5)))
    # Odd seeds: few different scores, on the edges of bins too.
    if seed % 2:
        scores = np.round(scores, 1)
    false_rate, true_rate, thresholds = roc_curve(truth, scores, drop_intermediate=False)
    points = []
    for threshold in (0.33, 0.5, 0.7):
        called = scores >= threshold
        points.append(
            {
                "threshold": threshold,
                "sensitivity": recall_score(truth, called),
                "specificity": recall_score(truth, called, pos_label=False),
                "ppv": precision_score(truth, called, zero_division=0),
                "npv": precision_score(truth, called, pos_label=False, zero_division=0),
                "accuracy": accuracy_score(truth, called),
            }
        )
    observed, predicted = calibration_curve(truth, scores, n_bins=10)
    return {
        "truth": truth.tolist(),
        "scores": scores.tolist(),
        "auc": roc_auc_score(truth, scores),
        "roc": {
            "falsePositiveRate": false_rate.tolist(),
            "truePositiveRate": true_rate.tolist(),
            "thresholds": thresholds[1:].tolist(),
        },
        "points": points,
        "reliability": {"observed": observed.tolist(), "predicted": predicted.tolist()},
        "brier": brier_score_loss(truth, scores),
    }


def slope(sharpness, logs, truth):
    weights = softmax(sharpness * logs, axis=1)
    return float(np.mean((weights * logs).sum(axis=1) - logs[np.arange(len(truth)), truth]))


def multi_class(seed):
    generator = np.random.default_rng(100 + seed)
    n, k = int(generator.integers(40, 160)), int(generator.integers(3, 6))
    truth = np.concatenate([np.arange(k), generator.integers(0, k, n - k)])
    strength = generator.uniform(0.5, 3)
    logits = generator.normal(size=(n, k)) * strength + 1.5 * np.eye(k)[truth]
    probabilities = softmax(logits, axis=1)
    logs = np.log(np.maximum(probabilities, 1e-12))
    minimum = {}
    for level in (0.9, 0.95):
        minimum[str(level)] = []
        for c in range(k):
            nonconformity = 1 - probabilities[truth == c, c]
            count = len(nonconformity)
            rank = math.ceil((count + 1) * level)
            quantile = 1.0 if rank > count else np.quantile(nonconformity, rank / count, method="inverted_cdf")
            minimum[str(level)].append(1 - quantile)
    return {
        "truth": truth.tolist(),
        "probabilities": probabilities.tolist(),
        "predicted": probabilities.argmax(axis=1).tolist(),
        "confusion": confusion_matrix(truth, probabilities.argmax(axis=1)).tolist(),
        "accuracy": accuracy_score(truth, probabilities.argmax(axis=1)),
        "brier": brier_score_loss(truth, probabilities, labels=list(range(k)), scale_by_half=False),
        "logLoss": log_loss(truth, probabilities),
        "temperature": 1 / brentq(slope, 0.05, 20, args=(logs, truth), xtol=1e-15, rtol=8.9e-16),
        "minimumProbabilities": minimum,
    }


def two_readers(seed):
    generator = np.random.default_rng(200 + seed)
    n, k = int(generator.integers(10, 120)), int(generator.integers(2, 6))
    first = np.concatenate([np.arange(k), generator.integers(0, k, n - k)])
    second = np.where(generator.random(n) < 0.6, first, generator.integers(0, k, n))
    table = confusion_matrix(first, second, labels=list(range(k)))
    result = cohens_kappa(table)
    return {
        "table": table.tolist(),
        "kappa": cohen_kappa_score(first, second),
        "standardError": float(result.std_kappa),
        "low": float(result.kappa_low),
        "high": float(result.kappa_upp),
    }


def many_readers(seed):
    generator = np.random.default_rng(300 + seed)
    n, k, readers = int(generator.integers(10, 60)), int(generator.integers(2, 5)), int(generator.integers(2, 7))
    truth = np.concatenate([np.arange(k), generator.integers(0, k, n - k)])[:, None]
    said = np.where(generator.random((n, readers)) < 0.6, truth, generator.integers(0, k, (n, readers)))
    counts, _ = aggregate_raters(said, n_cat=k)
    return {"counts": counts.tolist(), "kappa": float(fleiss_kappa(counts, method="fleiss"))}


wilson = [
    {"successes": s, "trials": t, "interval": [float(end) for end in proportion_confint(s, t, method="wilson")]}
    for s, t in [(0, 1), (1, 1), (0, 20), (20, 20), (1, 3), (193, 200), (176, 200), (349, 400), (5, 10000)]
]
print(
    json.dumps(
        {
            "twoClass": [two_class(seed) for seed in range(8)],
            "multiClass": [multi_class(seed) for seed in range(8)],
            "twoReaders": [two_readers(seed) for seed in range(8)],
            "manyReaders": [many_readers(seed) for seed in range(8)],
            "wilson": wilson,
        },
        separators=(",", ":"),
    )
)
