"""Lobule's keyed generator in NumPy, written apart from the TypeScript one, and its golden values.

    python -m venv VENV && VENV/bin/pip install -r requirements.txt
    VENV/bin/python philox_normal.py > golden.json

Philox4x32-10: Salmon et al. 2011. Quantile: Wichura's AS 241 (PPND16), compared here with the standard
library's own statistics.NormalDist. Python 3.11, NumPy 1.26.4.
"""

import hashlib
import json
import statistics
import struct

import numpy as np


def key_words(parts):
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            text = part.encode("utf-8")
            digest.update(b"s" + struct.pack("<I", len(text)) + text)
        else:
            digest.update(b"n" + struct.pack("<d", float(part) + 0.0))
    return struct.unpack("<4I", digest.digest()[:16])


def philox(counters, key):
    """counters: (n, 4) uint32, key: two words -> (n, 4) uint32."""
    c0, c1, c2, c3 = (counters[:, i].astype(np.uint64) for i in range(4))
    k0, k1 = key
    mask = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    for _ in range(10):
        product0 = c0 * np.uint64(0xD2511F53)
        product1 = c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (
            (product1 >> shift) ^ c1 ^ np.uint64(k0),
            product1 & mask,
            (product0 >> shift) ^ c3 ^ np.uint64(k1),
            product0 & mask,
        )
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=1).astype(np.uint32)


def stream(parts, count):
    """The first `count` 32-bit words of a key."""
    w0, w1, w2, w3 = key_words(parts)
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    counters = np.empty((len(blocks), 4), dtype=np.uint32)
    counters[:, 0] = blocks & np.uint64(0xFFFFFFFF)
    counters[:, 1] = blocks >> np.uint64(32)
    counters[:, 2] = w2
    counters[:, 3] = w3
    return philox(counters, (w0, w1)).reshape(-1)[:count]


def portable_log(x):
    mantissa, exponent = np.frexp(x)
    low = mantissa < 0.7071067811865476
    mantissa = np.where(low, mantissa * 2, mantissa)
    exponent = (exponent - low).astype(np.float64)
    s = (mantissa - 1) / (mantissa + 1)
    t = s * s
    series = np.full_like(t, 1 / 21)
    for odd in (19, 17, 15, 13, 11, 9, 7, 5, 3):
        series = series * t + 1 / odd
    series = series * t + 1
    return exponent * 0.6931471803691238 + (2 * s * series + exponent * 1.9082149292705877e-10)


CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.3871328727963666080),
    (5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
     5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0),
)
NEAR = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550,
     4.63033784615654529590, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940,
     2.05319162663775882187, 1.0),
)
FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580,
     5.46378491116411436990, 6.65790464350110377720),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)


def rational(coefficients, r):
    values = []
    for row in coefficients:
        value = np.full_like(r, row[0])
        for coefficient in row[1:]:
            value = value * r + coefficient
        values.append(value)
    return values


def quantile(p):
    q = p - 0.5
    above, below = rational(CENTRE, 0.180625 - q * q)
    centre = q * above / below
    tail = np.sqrt(-portable_log(np.where(q < 0, p, 1 - p)))
    near_above, near_below = rational(NEAR, tail - 1.6)
    far_above, far_below = rational(FAR, tail - 5)
    size = np.where(tail <= 5, near_above / near_below, far_above / far_below)
    return np.where(np.abs(q) <= 0.425, centre, np.where(q < 0, -size, size))


def normal_float32(parts, count, scale=1.0):
    words = stream(parts, count).astype(np.float64)
    return (scale * quantile((words + 0.5) / 2.0**32)).astype(np.float32)


def pairs(words, shift_high, shift_low):
    even = (words[0::2] >> np.uint32(shift_high)).astype(np.float64)
    return even * 2.0**26 + (words[1::2] >> np.uint32(shift_low)).astype(np.float64)


def main():
    known = statistics.NormalDist()
    ps = np.array([1e-300, 1e-30, 1e-12, 1e-5, 0.01, 0.074, 0.076, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9])
    for p, value in zip(ps, quantile(ps)):
        assert abs(value - known.inv_cdf(p)) <= 4e-15 * max(1, abs(value)), (p, value)
    key = ["golden", 7, "Gewebe µm", 0.5, -3]
    words = stream(key, 40)
    large = normal_float32(["large"], 1_000_003, 0.03125)
    print(json.dumps({
        "key": key,
        "words": words.tolist(),
        "floats": (pairs(words, 5, 6) / 2.0**53).tolist(),
        "normals": quantile((pairs(words, 6, 6) + 0.5) / 2.0**52).tolist(),
        "quantiles": {"p": ps.tolist(), "value": quantile(ps).tolist()},
        "fill": {"scale": 0.1, "bits": normal_float32(key, 23, 0.1).view(np.uint32).tolist()},
        "large": {"key": ["large"], "count": len(large), "scale": 0.03125,
                  "sha256": hashlib.sha256(large.tobytes()).hexdigest()},
    }, indent=1))


if __name__ == "__main__":
    main()
