"""Regions of the slides in ../shared/data/wsi as openslide-python reads them: writes regions.json.

    python3 -m venv /tmp/slides && /tmp/slides/bin/pip install -r requirements.txt
    /tmp/slides/bin/python regions.py FOLDER > regions.json

Each region is given by level and by x and y in pixels of level 0, as `openslide_read_region` takes them, and by the SHA-256 of
its pixels as 8-bit RGB over the slide's background colour, white where it has none. The pixels are taken before
openslide-python divides them by alpha, which rounds.
"""
import ctypes
import hashlib
import json
import sys
from pathlib import Path

import numpy
import openslide

folder = Path(sys.argv[1])
names = ['svs-jpeg-label-macro.svs', 'svs-jp2k-33005.svs', 'hamamatsu.ndpi', 'leica.scn', 'mirax.mrxs', 'philips.tiff',
         'sparse-jpeg.tiff', 'ventana.bif', 'pyramid-zstd.tiff']
names += [f'dicom-jpeg/{path.name}' for path in sorted((folder / 'dicom-jpeg').glob('*.dcm'))[:1]]


def rgb(slide, x, y, level, width, height):
    buffer = (ctypes.c_uint32 * (width * height))()
    openslide.lowlevel._read_region(slide._osr, buffer, x, y, level, width, height)
    pixels = numpy.frombuffer(buffer, numpy.uint32).astype(numpy.int64)
    clear = 255 - (pixels >> 24)
    colour = slide.properties.get(openslide.PROPERTY_NAME_BACKGROUND_COLOR, 'FFFFFF')
    background = [int(colour[at:at + 2], 16) for at in (0, 2, 4)]
    parts = [numpy.minimum(255, (pixels >> shift & 255) + (value * clear + 127) // 255)
             for shift, value in zip((16, 8, 0), background)]
    return numpy.stack(parts, axis=1).astype(numpy.uint8)


regions = []
for name in names:
    slide = openslide.OpenSlide(folder / name)
    left = int(slide.properties.get(openslide.PROPERTY_NAME_BOUNDS_X, 0))
    top = int(slide.properties.get(openslide.PROPERTY_NAME_BOUNDS_Y, 0))
    for level in range(slide.level_count):
        for x, y in [(0, 0), (700, 300), (1311, 1203)]:
            size = (211, 157)
            digest = hashlib.sha256(rgb(slide, left + x, top + y, level, *size).tobytes()).hexdigest()
            regions.append({'file': name, 'level': level, 'x': left + x, 'y': top + y, 'widthPx': size[0],
                            'heightPx': size[1], 'sha256': digest})
json.dump({'openslide': openslide.__library_version__, 'regions': regions}, sys.stdout, indent=1)
print()
