"""The Python side of `npm run bench -- boosting`: what the published system does.

One Dataset and one lgb.train for each fold and seed, all cores. Prints JSON: seconds, peak resident bytes.
Usage: time-training.py MATRIX.f32 LABELS.f32 FOLDS SEEDS ROUNDS
"""

import json
import resource
import sys
import time

import lightgbm
import numpy

labels = numpy.fromfile(sys.argv[2], "<f4")
matrix = numpy.fromfile(sys.argv[1], "<f4").reshape(len(labels), -1)
folds, seeds, rounds = (int(argument) for argument in sys.argv[3:6])
fold_of = numpy.arange(len(labels)) % folds
started = time.perf_counter()
for seed in range(seeds):
    for fold in range(folds):
        inside = fold_of != fold
        parameters = {
            "objective": "multiclass",
            "num_class": 4,
            "learning_rate": 0.1,
            "num_leaves": 191,
            "max_depth": 7,
            "feature_fraction": 0.46,
            "bagging_fraction": 0.69,
            "bagging_freq": 0,
            "feature_fraction_seed": 1 + 10 * seed + fold,
            "bagging_seed": 2 + 10 * seed + fold,
            "verbosity": -1,
        }
        dataset = lightgbm.Dataset(matrix[inside], labels[inside])
        model = lightgbm.train(parameters, dataset, num_boost_round=rounds)
        model.predict(matrix[~inside])
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "peakBytes": peak, "version": lightgbm.__version__}))
