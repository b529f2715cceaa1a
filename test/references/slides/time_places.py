"""Encodes places of a slide one by one, as a plain loop with openslide-python and ONNX Runtime does.

usage: time_places.py FILE: a JSON file with the slide, the ONNX model (uint8 RGB in, descriptor out), the places' corners and
edge in pixels of the full resolution, and the sizes in pixels at which each is encoded. Prints JSON: seconds to read, to encode, and of
processor time for both.
"""

import json
import sys
import time

import numpy as np
import onnxruntime
import openslide
from PIL import Image

task = json.load(open(sys.argv[1], encoding="utf-8"))
slide = openslide.OpenSlide(task["slide"])
session = onnxruntime.InferenceSession(task["onnx"], providers=["CPUExecutionProvider"])
edge = task["edgePx"]
read_s = encode_s = 0.0
begun_cpu = time.process_time()
total = 0.0
for left, top in task["places"]:
    for size in task["sizesPx"]:
        started = time.perf_counter()
        level = slide.get_best_level_for_downsample(edge / size * 1.01)
        down = slide.level_downsamples[level]
        there = max(1, round(edge / down))
        tile = slide.read_region((round(left), round(top)), level, (there, there)).convert("RGB")
        pixels = np.asarray(tile.resize((size, size), Image.Resampling.BICUBIC))[None]
        read_s += time.perf_counter() - started
        started = time.perf_counter()
        (descriptor,) = session.run(["descriptor"], {"rgb": pixels})
        encode_s += time.perf_counter() - started
        total += float(descriptor.sum())
print(json.dumps({"places": len(task["places"]), "readS": read_s, "encodeS": encode_s, "cpuS": time.process_time() - begun_cpu, "sum": total}))
