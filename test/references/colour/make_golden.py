"""Colours converted to sRGB by Little CMS, as Pillow does it: writes golden.json.

    python3 -m venv /tmp/colour && /tmp/colour/bin/pip install -r requirements.txt
    /tmp/colour/bin/python make_golden.py

Three made-up ICC profiles of version 2: `wide` has the primaries and the gamma of Adobe RGB (1998), `linear` those of sRGB without
its curve, and `table` is a grid of 9 x 9 x 9 colours in Lab, as scanners have them. Each comes with colours and what they are in sRGB
by the perceptual intent. Bytes are in base64; a colour has 3 bytes.
"""
import base64
import io
import json
import struct

import numpy
from PIL import Image, ImageCms

WHITE = numpy.array([0.9642, 1.0, 0.8249])
WIDE = [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)]
NARROW = [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)]
GRID = 9


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in values)


def gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def described(name):
    text = name.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)


def profile(name, space, tags):
    tags = {"desc": described(name), "cprt": b"text\0\0\0\0none\0", "wtpt": xyz(WHITE), **tags}
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += tag.encode() + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s6H4s4sIIIQI3i4s44x",
        at + len(body), b"lcms", 0x02400000, b"scnr" if space == b"Lab " else b"mntr", b"RGB ", space,
        2026, 12, 1, 0, 0, 0, b"acsp", b"\0\0\0\0", 0, 0, 0, 0, 0,
        *(round(value * 65536) for value in WHITE), b"\0\0\0\0",
    )
    return head[:128] + table + body


def matrix_profile(name, primaries, power):
    channels = {f"{channel}XYZ": xyz(values) for channel, values in zip("rgb", primaries)}
    curves = {f"{channel}TRC": gamma(power) for channel in "rgb"}
    return profile(name, b"XYZ ", {**channels, **curves})


def lab(rgb):
    """Of colours with the wide primaries and gamma 1.8, a little warmer than they are."""
    values = (rgb**1.8) @ numpy.array(WIDE) / WHITE
    root = numpy.where(values > 216 / 24389, numpy.cbrt(values), (24389 / 27 * values + 16) / 116)
    x, y, z = root[:, 0], root[:, 1], root[:, 2]
    return numpy.stack([116 * y - 16, 500 * (x - y), 200 * (y - z) + 6 * y * (1 - y)], axis=1)


def table_profile(name):
    steps = numpy.linspace(0, 1, GRID)
    grid = numpy.stack(numpy.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    l, a, b = lab(grid).T
    words = numpy.stack([l * 652.8, (a + 128) * 256, (b + 128) * 256], axis=1)
    line = struct.pack(">2H", 0, 65535)
    data = b"mft2\0\0\0\0" + struct.pack(">4B", 3, 3, GRID, 0)
    data += b"".join(fixed(value) for value in numpy.eye(3).ravel()) + struct.pack(">2H", 2, 2)
    data += line * 3 + numpy.clip(numpy.round(words), 0, 65535).astype(">u2").tobytes() + line * 3
    return profile(name, b"Lab ", {"A2B0": data})


def main():
    random = numpy.random.default_rng(20)
    steps = numpy.array([0, 51, 102, 153, 204, 255])
    grid = numpy.stack(numpy.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    colours = numpy.concatenate([grid, random.integers(0, 256, (296, 3))]).astype(numpy.uint8)
    picture = Image.fromarray(colours.reshape(16, 32, 3))
    profiles = {
        "wide": matrix_profile("Wide gamut", WIDE, 2.19921875),
        "linear": matrix_profile("sRGB primaries, linear", NARROW, 1.0),
        "table": table_profile("Scanner table"),
    }
    target = ImageCms.createProfile("sRGB")
    golden = {"pillow": Image.__version__, "lcms": ImageCms.core.littlecms_version, "cases": []}
    for name, data in profiles.items():
        source = ImageCms.getOpenProfile(io.BytesIO(data))
        out = ImageCms.profileToProfile(picture, source, target, renderingIntent=ImageCms.Intent.PERCEPTUAL)
        golden["cases"].append(
            {
                "name": name,
                "profile": base64.b64encode(data).decode(),
                "colours": base64.b64encode(colours.tobytes()).decode(),
                "srgb": base64.b64encode(numpy.asarray(out).tobytes()).decode(),
            }
        )
    with open("golden.json", "w", encoding="utf-8") as file:
        json.dump(golden, file, indent=2)
        file.write("\n")


main()
