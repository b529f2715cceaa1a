"""Sections 2 to 4 of docs/pipeline.md in NumPy and OpenCV on a small made-up raster, for tests without ../shared.

    python -m venv VENV && VENV/bin/pip install -r requirements.txt
    VENV/bin/python make_golden.py > golden.json

Python 3.11, NumPy 1.26.4, OpenCV 4.10.0. The raster is a formula on whole numbers, written again in the test.
"""

import base64
import json

import cv2
import numpy as np

WIDTH, HEIGHT = 64, 48
I0 = 240.0
REFERENCE = np.array([[0.5626, 0.2159], [0.7201, 0.8012], [0.4062, 0.5581]])
REFERENCE_MAXIMUM = np.array([1.9705, 1.0308])
D = np.array([[1.88, -0.07, -0.60], [-1.02, 1.13, -0.48], [-0.55, -0.13, 1.57]])
M = np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])


def made_up():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    a = (7 * x + 3 * y) % 97
    b = (5 * x + 11 * y) % 83
    return np.stack([215 - a - b // 4, 190 - a - b, 205 - a // 2 - b // 2 + (x * y) % 7], axis=2).astype(np.uint8)


def macenko(rgb):
    od = -np.log((rgb.reshape(-1, 3).astype(np.float64) + 1) / I0)
    tissue = od[np.all(od >= 0.15, axis=1)]
    values, vectors = np.linalg.eigh(np.cov(tissue.T))
    plane = vectors[:, [1, 2]]
    plane = plane * np.where(tissue.mean(axis=0) @ plane < 0, -1, 1)
    projected = tissue @ plane
    phi = np.arctan2(projected[:, 1], projected[:, 0])
    extremes = [plane @ np.array([np.cos(p), np.sin(p)]) for p in np.percentile(phi, [1, 99])]
    extremes.sort(key=lambda vector: -vector[0])
    stains = np.array(extremes).T
    concentrations = np.linalg.lstsq(stains, od.T, rcond=None)[0]
    maximum = np.percentile(concentrations, 99, axis=1)
    rescaled = concentrations * (REFERENCE_MAXIMUM / maximum)[:, None]
    light = I0 * np.exp(-REFERENCE @ rescaled)
    return {
        "tissue_pixels": len(tissue),
        "eigenvalues": values[::-1].tolist(),
        "stains": stains.tolist(),
        "maximum": maximum.tolist(),
    }, np.clip(light, 0, 255).T.reshape(rgb.shape).astype(np.uint8)


def augment(rgb, hematoxylin, eosin):
    od = -np.log10((rgb.reshape(-1, 3).astype(np.float64) + 1) / I0)
    concentrations = od @ D.T * np.array([hematoxylin, eosin, 1.0])
    light = I0 * 10 ** (-(concentrations @ M)) - 1
    return np.clip(light, 0, 255).reshape(rgb.shape).astype(np.uint8)


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main():
    rgb = made_up()
    fit, normalized = macenko(rgb)
    resampled = []
    for scale in (0.5, 0.37, 0.8, 1.7):
        image = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        resampled.append({"scale": scale, "width": image.shape[1], "height": image.shape[0], "rgb": packed(image)})
    print(json.dumps({
        "rgb": packed(rgb),
        "fit": fit,
        "normalized": packed(normalized),
        "augmented": [{"hematoxylin": h, "eosin": e, "rgb": packed(augment(rgb, h, e))}
                      for h, e in ((0.8, 1.2), (1.3, 0.7))],
        "resampled": resampled,
    }, indent=1))


if __name__ == "__main__":
    main()
