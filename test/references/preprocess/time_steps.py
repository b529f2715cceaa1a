"""The steps of make_golden.py, timed on demand for `npm run bench -- preprocess`.

    python time_steps.py RGB_FILE WIDTH HEIGHT RESULT_FOLDER

Each line on stdin names a step and how often to do it; the answer is a line of JSON, for each time the milliseconds
by the clock and of the processor (all threads). The result is written, for comparison, to RESULT_FOLDER/STEP.
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from make_golden import augment, macenko


def main():
    path, width, height, folder = sys.argv[1:]
    rgb = np.fromfile(path, dtype=np.uint8).reshape(int(height), int(width), 3)
    steps = {
        "macenko": lambda: macenko(rgb)[1],
        "augment": lambda: augment(rgb, 0.8, 1.2),
        "resample": lambda: cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_CUBIC),
    }
    print(f"NumPy {np.__version__}, OpenCV {cv2.__version__}", flush=True)
    for line in sys.stdin:
        step, calls = line.split()
        times = []
        for _ in range(int(calls)):
            wall, cpu = time.perf_counter(), time.process_time()
            result = steps[step]()
            times.append([1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)])
        Path(folder, step).write_bytes(result.tobytes())
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
