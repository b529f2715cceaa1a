"""The steps of a tissue mask as OpenCV and scikit-image do them: writes golden.json, cells.png and mask.png.

    python3 -m venv /tmp/tissue && /tmp/tissue/bin/pip install -r requirements.txt
    /tmp/tissue/bin/python make_golden.py

cells.png is a made-up slide of 8 um a pixel; mask.png is 255 where it has tissue. golden.json has the saturation of every kind of
grey and colour, small random images with their medians and thresholds, and small random masks, closed, without small parts and
without small gaps. Bytes are in base64, row by row.
"""
import base64
import json

import cv2
import numpy
from skimage.morphology import remove_small_holes, remove_small_objects

random = numpy.random.default_rng(18)


def text(array):
    return base64.b64encode(numpy.ascontiguousarray(array, numpy.uint8).tobytes()).decode()


def saturation(rgb):
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV)[:, :, 1]


def closed(mask):
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, numpy.ones((7, 7), numpy.uint8))


def without_parts(mask, fewest):
    return remove_small_objects(mask.astype(bool), fewest, connectivity=2)


def without_gaps(mask, fewest):
    return remove_small_holes(mask.astype(bool), fewest, connectivity=1)


def slide():
    """Four islands over glass with specks, threads, holes of all sizes and one pale island; 2.3 x 1.9 mm."""
    rows, columns = 288, 240
    y, x = numpy.mgrid[0:rows, 0:columns]
    image = numpy.full((rows, columns, 3), (242, 240, 243), float)
    islands = [(60, 60, 45, 38, (208, 120, 178)), (170, 80, 50, 60, (150, 100, 170)), (120, 200, 60, 30, (225, 170, 205)),
               (240, 190, 35, 35, (233, 214, 226))]
    for row, column, high, wide, colour in islands:
        ripple = 1 + 0.15 * numpy.sin(7 * numpy.arctan2(y - row, x - column))
        image[((y - row) / high) ** 2 + ((x - column) / wide) ** 2 < ripple] = colour
    for _ in range(60):
        row, column, radius = random.integers(0, rows), random.integers(0, columns), random.integers(1, 17)
        colour = (243, 241, 243) if random.random() < 0.6 else (200, 110, 170)
        image[(y - row) ** 2 + (x - column) ** 2 < radius ** 2] = colour
    image += random.normal(0, 1.2, (rows, columns, 1))
    return numpy.clip(numpy.rint(image), 0, 255).astype(numpy.uint8)


# Every highest level with some chromas.
colours = numpy.array([[high, low, (high + low) // 2] for high in range(256) for low in range(0, high + 1, 7)], numpy.uint8)
golden = {'opencv': cv2.__version__, 'colours': text(colours), 'saturation': text(saturation(colours[None])[0])}

golden['medians'] = []
for rows, columns, highest in [(1, 1, 255), (1, 9, 255), (8, 3, 20), (23, 31, 255), (30, 20, 4)]:
    values = random.integers(0, highest + 1, (rows, columns)).astype(numpy.uint8)
    otsu, _ = cv2.threshold(values, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    golden['medians'].append({'columns': columns, 'values': text(values), 'median': text(cv2.medianBlur(values, 7)),
                              'otsu': int(otsu)})

golden['masks'] = []
for rows, columns, share in [(12, 9, 0.2), (40, 33, 0.1), (40, 33, 0.5), (25, 60, 0.85), (30, 30, 0.03)]:
    mask = (random.random((rows, columns)) < share).astype(numpy.uint8)
    golden['masks'].append({'columns': columns, 'mask': text(mask), 'closed': text(closed(mask)),
                            'withoutParts': text(without_parts(mask, 9)), 'withoutGaps': text(without_gaps(mask, 9))})

cells = slide()
smooth = cv2.medianBlur(saturation(cells), 7)
otsu, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
tissue = closed((smooth > max(7, min(20, otsu))).astype(numpy.uint8))
# 200 x 200 um are 625 cells; 190 x 190 um are 564.06, so gaps of 564 cells are filled.
tissue = without_gaps(without_parts(tissue, 625), 565)
golden['slide'] = {'otsu': int(otsu), 'tissueCells': int(tissue.sum())}
cv2.imwrite('cells.png', cells[:, :, ::-1])
cv2.imwrite('mask.png', tissue.astype(numpy.uint8) * 255)
with open('golden.json', 'w') as file:
    json.dump(golden, file, indent=1)
    file.write('\n')
