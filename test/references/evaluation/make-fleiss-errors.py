"""Standard errors of Fleiss' kappa by irrCAC, for test/unit/engine/evaluation/golden.test.ts.

pip install irrCAC==0.4.4 && python make-fleiss-errors.py > fleiss-errors.json

Apart from make-metrics.py, since irrCAC 0.4.4 needs NumPy 1.26.
"""

import json

import numpy as np
import pandas as pd
from irrCAC.raw import CAC

cases = []
for seed in range(8):
    generator = np.random.default_rng(400 + seed)
    n, k, readers = int(generator.integers(10, 60)), int(generator.integers(2, 5)), int(generator.integers(3, 7))
    truth = np.concatenate([np.arange(k), generator.integers(0, k, n - k)])[:, None]
    said = np.where(generator.random((n, readers)) < 0.6, truth, generator.integers(0, k, (n, readers)))
    said = said.astype(float)
    # Odd seeds: some readings are missing, at least two of each image are there.
    if seed % 2:
        gone = generator.random((n, readers)) < 0.3
        gone[:, :2] = False
        said[gone] = np.nan
    result = CAC(pd.DataFrame(said), digits=15).fleiss()["est"]
    counts = [[int((row == c).sum()) for c in range(k)] for row in said]
    cases.append({"counts": counts, "kappa": result["coefficient_value"], "standardError": result["se"]})
print(json.dumps(cases, separators=(",", ":")))
