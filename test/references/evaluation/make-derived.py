"""Figures by scikit-learn, statsmodels and SciPy, for test/unit/engine/evaluation/derived-figures.test.ts.

pip install -r requirements.txt && python make-derived.py > derived.json
"""

import json

import numpy as np
from scipy.stats import t
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, matthews_corrcoef
from statsmodels.discrete.discrete_model import Logit
from statsmodels.stats.contingency_tables import mcnemar


def classes(seed):
    generator = np.random.default_rng(seed)
    n, k = int(generator.integers(20, 120)), int(generator.integers(2, 6))
    truth = np.concatenate([np.arange(k), generator.integers(0, k, n - k)])
    said = np.where(generator.random(n) < 0.5, truth, generator.integers(0, k, n))
    return {
        "confusion": confusion_matrix(truth, said, labels=list(range(k))).tolist(),
        "balancedAccuracy": balanced_accuracy_score(truth, said),
        "mcc": matthews_corrcoef(truth, said),
    }


def scores(seed):
    generator = np.random.default_rng(100 + seed)
    n = int(generator.integers(40, 200))
    truth = generator.random(n) < 0.4
    logits = generator.normal(size=n) * 2 + 1.5 * truth - 0.5
    score = 1 / (1 + np.exp(-logits))
    fit = Logit(truth.astype(float), np.column_stack([np.ones(n), np.log(score) - np.log(1 - score)])).fit(
        disp=0, tol=1e-14, maxiter=200
    )
    curve = []
    for threshold in (0.05, 0.3, 0.5, 0.95):
        called = score >= threshold
        odds = threshold / (1 - threshold)
        curve.append(
            {
                "threshold": threshold,
                "model": float(np.mean(called & truth) - np.mean(called & ~truth) * odds),
                "all": float(np.mean(truth) - np.mean(~truth) * odds),
            }
        )
    return {
        "scores": score.tolist(),
        "isPositive": truth.tolist(),
        "intercept": float(fit.params[0]),
        "slope": float(fit.params[1]),
        "decisionCurve": curve,
    }


def pairs(first, second):
    result = mcnemar([[10, first], [second, 7]], exact=True)
    return {"onlyFirst": first, "onlySecond": second, "pValue": float(result.pvalue)}


print(
    json.dumps(
        {
            "classes": [classes(seed) for seed in range(8)],
            "scores": [scores(seed) for seed in range(8)],
            "mcNemar": [
                pairs(a, b) for a, b in [(1, 0), (0, 1), (5, 5), (3, 9), (21, 10), (0, 40), (700, 800), (3000, 2800)]
            ],
            "student": [
                {"degrees": d, "quantile": float(t.ppf(0.975, d))} for d in [1, 2, 3, 4, 5, 9, 13, 30, 99, 1000]
            ],
        },
        separators=(",", ":"),
    )
)
