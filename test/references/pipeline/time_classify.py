"""The Python side of `npm run bench -- pipeline`: the published protocol for one new image, written plainly.

    python time_classify.py PLAN.json DESCRIPTORS_FOLDER

Decoding and resampling (OpenCV), stain normalisation and augmentation (NumPy), crops, three networks (tf-keras,
traced, on the processor), 3-norm pooling, boosters (lightgbm). Gains, places and turns of the crops are read from
the plan, so that both sides see the same pixels; the networks have Lobule's untrained weights.

Prints one JSON line: seconds of what is done once for an image and of each augmentation, seconds of the boosters
for a whole image (`augmentations` of the plan's recipe), seconds for loading them, and the class probabilities of
the augmentations that were done. Networks, boosters and traces are ready before the clock starts. The pooled
descriptors are written as DESCRIPTORS_FOLDER/<encoder>-<size>.npy.
"""

import importlib.util
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent


def module(folder):
    """The steps that the golden values of the tests were made with; two scripts of one name."""
    sys.path.insert(0, str(HERE.parent / folder))
    specification = importlib.util.spec_from_file_location(f"{folder}_golden", HERE.parent / folder / "make_golden.py")
    loaded = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(loaded)
    return loaded


encoders = module("encoders")
preprocess = module("preprocess")

import cv2  # noqa: E402
import lightgbm  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras as keras  # noqa: E402


def network(name):
    """What gives the descriptors of a batch of RGB crops, uint8."""
    build, scale, taps = encoders.NETWORKS[name]
    model = build(include_top=False, weights=None)
    for layer in model.layers:
        layer.set_weights([encoders.untrained(layer, weight, weight.shape) for weight in layer.weights])
    averages = [keras.layers.GlobalAveragePooling2D()(model.get_layer(tap).output) for tap in taps]
    describe = keras.Model(model.input, averages)
    traced = tf.function(lambda batch: describe(batch, training=False), reduce_retracing=True)

    def descriptors(crops):
        outputs = traced(tf.constant(scale(crops.astype(np.float32))))
        return np.concatenate([output.numpy() for output in (outputs if isinstance(outputs, list) else [outputs])], 1)

    return descriptors


def cut(rgb, crop):
    top, left, size, turns, vertical, horizontal = crop
    square = np.rot90(rgb[top : top + size, left : left + size], turns)
    square = square[::-1] if vertical else square
    return square[:, ::-1] if horizontal else square


def pooled(descriptors):
    return np.cbrt(np.mean(descriptors.astype(np.float64) ** 3, axis=0)).astype(np.float32)


def main():
    plan = json.loads(pathlib.Path(sys.argv[1]).read_text())
    target = pathlib.Path(sys.argv[2])
    batch, sizes, names = plan["batch"], plan["sizes"], plan["encoders"]
    networks = {name: network(name) for name in names}
    for describe in networks.values():
        for size in sizes:
            # Twice: the first traces.
            for _ in range(2):
                describe(np.zeros((batch, size, size, 3), np.uint8))

    started = time.perf_counter()
    boosters = {key: [lightgbm.Booster(model_file=path) for path in paths] for key, paths in plan["boosters"].items()}
    loading = time.perf_counter() - started

    started = time.perf_counter()
    rgb = cv2.cvtColor(cv2.imread(plan["image"]), cv2.COLOR_BGR2RGB)
    rgb = cv2.resize(rgb, None, fx=plan["scale"], fy=plan["scale"], interpolation=cv2.INTER_CUBIC)
    rgb = preprocess.macenko(rgb)[1]
    once = time.perf_counter() - started

    each, rows = [], {f"{name}-{size}": [] for name in names for size in sizes}
    for (hematoxylin, eosin), crops in zip(plan["gains"], plan["crops"]):
        started = time.perf_counter()
        picture = preprocess.augment(rgb, hematoxylin, eosin)
        for size in sizes:
            cuts = np.stack([cut(picture, crop) for crop in crops[str(size)]])
            for name, describe in networks.items():
                found = [describe(cuts[at : at + batch]) for at in range(0, len(cuts), batch)]
                rows[f"{name}-{size}"].append(pooled(np.concatenate(found)))
        each.append(time.perf_counter() - started)

    probabilities = []
    predicting = 0.0
    for key, members in boosters.items():
        table = np.stack(rows[key])
        np.save(target / f"{key}.npy", table)
        whole = np.resize(table, (plan["augmentations"], table.shape[1]))
        started = time.perf_counter()
        for booster in members:
            booster.predict(whole)
        predicting += time.perf_counter() - started
        probabilities.append(np.mean([booster.predict(table).mean(axis=0) for booster in members], axis=0))
    print(json.dumps({
        "once": once,
        "each": each,
        "predicting": predicting,
        "loading": loading,
        "probabilities": np.mean(probabilities, axis=0).tolist(),
        "versions": f"tf-keras {keras.__version__}, TensorFlow {tf.__version__}, NumPy {np.__version__}, "
        f"OpenCV {cv2.__version__}, lightgbm {lightgbm.__version__}",
    }))


if __name__ == "__main__":
    main()
