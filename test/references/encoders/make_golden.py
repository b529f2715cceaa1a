"""Golden descriptors from real Keras, with our untrained weights read from an HDF5 file that Keras wrote.

    python3.11 -m venv VENV
    VENV/bin/pip install --no-deps -r requirements.txt
    VENV/bin/python make_golden.py --weights KERAS_FILES

Writes beside itself, for each network and each of 400 and 650 pixels, the descriptor that Keras gives of a
picture made by integer arithmetic; a tiny made-up network (HDF5 file and outputs); and into
resources/encoders/probes.json the descriptor of a 96-pixel probe with the fingerprint of the weights.
The full HDF5 files go to --weights and are not committed (94, 87 and 59 MB).
"""

import argparse
import base64
import hashlib
import json
import math
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tf_keras as keras
from tf_keras import layers
from tf_keras.applications import inception_v3, resnet, vgg16

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "random"))
from philox_normal import normal_float32  # noqa: E402

NETWORKS = {
    "resnet50": (resnet.ResNet50, resnet.preprocess_input, ["conv5_block3_out"]),
    "inceptionv3": (inception_v3.InceptionV3, inception_v3.preprocess_input, ["mixed10"]),
    "vgg16": (
        vgg16.VGG16,
        vgg16.preprocess_input,
        ["block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3"],
    ),
}


def picture(width, height):
    """(1, height, width, 3) uint8; the TypeScript twin is test/unit/encoders/golden-picture.ts."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3].astype(np.int64)
    return ((7 * x + 13 * y + 101 * c + ((x * x + y * y) >> 6) + ((x * y) >> 5)) & 255).astype(np.uint8)[None]


def untrained(layer, weight, shape):
    """One array of the untrained weights of docs/pipeline.md, section 6."""
    name = weight.name.split("/")[-1].split(":")[0]
    if isinstance(layer, layers.Conv2D):
        fan_in = math.prod(layer.kernel.shape[:3])
        scale = math.sqrt(2 / fan_in)
        return normal_float32(["untrained", layer.name, name], math.prod(shape), scale).reshape(shape)
    value = {"gamma": 0.5 if layer.name.endswith("_3_bn") else 1, "moving_variance": 1}.get(name, 0)
    return np.full(shape, value, np.float32)


def fingerprint(network, model):
    digest = hashlib.sha256(f"{network}\n".encode())
    for layer in model.layers:
        for weight, value in zip(layer.weights, layer.get_weights()):
            key = f"{layer.name}/{weight.name.split('/')[-1].split(':')[0]}"
            digest.update(f"{key} {'x'.join(map(str, value.shape))}\n".encode())
            digest.update(value.astype("<f4").tobytes())
    return digest.hexdigest()


def make_networks(folder):
    target = HERE.parents[2] / "resources" / "encoders" / "probes.json"
    # Networks that Keras does not have keep their entries.
    probes = json.loads(target.read_text())
    for network, (build, preprocess, taps) in NETWORKS.items():
        keras.backend.clear_session()
        written = build(include_top=False, weights=None)
        for layer in written.layers:
            layer.set_weights([untrained(layer, weight, weight.shape) for weight in layer.weights])
        path = folder / f"{network}-untrained.h5"
        written.save_weights(path, save_format="h5")

        keras.backend.clear_session()
        model = build(include_top=False, weights=None)
        model.load_weights(path)
        averages = [layers.GlobalAveragePooling2D()(model.get_layer(tap).output) for tap in taps]
        describe = keras.Model(model.input, averages)

        def descriptor(size):
            outputs = describe.predict(preprocess(picture(size, size).astype(np.float32)), verbose=0)
            parts = outputs if isinstance(outputs, list) else [outputs]
            return np.concatenate(parts, axis=1)[0].astype("<f4")

        for size in (400, 650):
            np.save(HERE / f"{network}-{size}.npy", descriptor(size))
        probes[network] = {
            "sizePx": 96,
            "fingerprint": fingerprint(network, model),
            "descriptor": base64.b64encode(descriptor(96).tobytes()).decode(),
        }
        print(network, probes[network]["fingerprint"], path.stat().st_size)
    target.write_text(json.dumps(probes, indent=2) + "\n")


def make_tiny():
    """Every operation of the intermediate form, with batch norms that are far from the identity."""
    keras.backend.clear_session()
    image = layers.Input((None, None, 3))
    x = layers.ZeroPadding2D(1, name="a_pad")(image)
    x = layers.Conv2D(8, 3, strides=2, name="a_conv")(x)
    x = layers.BatchNormalization(name="a_bn")(x)
    x = layers.ReLU(name="a_relu")(x)
    early = layers.GlobalAveragePooling2D()(x)
    x = layers.ZeroPadding2D(1, name="pool_pad")(x)
    pooled = layers.MaxPooling2D(3, strides=2, name="pool")(x)
    x = layers.Conv2D(8, 1, use_bias=False, name="b_conv")(pooled)
    x = layers.BatchNormalization(scale=False, name="b_bn")(x)
    x = layers.Add(name="sum")([pooled, x])
    joined = layers.ReLU(name="sum_relu")(x)
    x = layers.AveragePooling2D(3, strides=1, padding="same", name="mean")(joined)
    x = layers.Conv2D(4, (1, 7), padding="same", name="c_conv")(x)
    x = layers.ReLU(name="c_relu")(x)
    last = layers.Concatenate(name="both")([joined, x])
    model = keras.Model(image, last)

    rng = np.random.default_rng(20180114)
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            value = rng.normal(0, 0.5, weight.shape).astype(np.float32)
            values.append(np.abs(value) + 0.1 if "variance" in weight.name else value)
        layer.set_weights(values)
    model.save_weights(HERE / "tiny.h5", save_format="h5")
    outputs = keras.Model(image, [early, layers.GlobalAveragePooling2D()(last), last])
    first, second, maps = outputs.predict(picture(45, 38).astype(np.float32) / 127.5 - 1, verbose=0)
    np.save(HERE / "tiny-descriptor.npy", np.concatenate([first, second], axis=1)[0].astype("<f4"))
    np.save(HERE / "tiny-map.npy", np.ascontiguousarray(maps[0].reshape(-1, 12).T, dtype="<f4"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.weights.mkdir(parents=True, exist_ok=True)
    make_tiny()
    make_networks(options.weights)
