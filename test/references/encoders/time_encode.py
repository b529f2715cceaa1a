"""Times real Keras on crops, for test/bench/encode.ts: one JSON line on stdout, seconds for each repeat.

    python time_encode.py --encoder resnet50 --size 400 --crops 4 --repeats 2
"""

import argparse
import json
import os
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf
import tf_keras as keras
from tf_keras.applications import inception_v3, resnet, vgg16

NETWORKS = {
    "resnet50": (resnet.ResNet50, resnet.preprocess_input, ["conv5_block3_out"]),
    "inceptionv3": (inception_v3.InceptionV3, inception_v3.preprocess_input, ["mixed10"]),
    "vgg16": (
        vgg16.VGG16,
        vgg16.preprocess_input,
        ["block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3"],
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--encoder", choices=NETWORKS, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--crops", type=int, required=True)
    parser.add_argument("--repeats", type=int, required=True)
    options = parser.parse_args()
    build, preprocess, taps = NETWORKS[options.encoder]
    # Values do not matter for time; shapes do.
    network = build(include_top=False, weights=None)
    averages = [keras.layers.GlobalAveragePooling2D()(network.get_layer(tap).output) for tap in taps]
    model = keras.Model(network.input, averages)
    run = tf.function(lambda batch: model(batch, training=False))
    crops = np.random.default_rng(0).integers(0, 256, (options.crops, options.size, options.size, 3))
    crops = crops.astype(np.float32)
    seconds = []
    for _ in range(options.repeats + 1):
        started = time.perf_counter()
        run(tf.constant(preprocess(crops.copy())))
        seconds.append(time.perf_counter() - started)
    # The first traces and warms up.
    print(json.dumps({"seconds": seconds[1:], "version": keras.__version__}))


if __name__ == "__main__":
    main()
