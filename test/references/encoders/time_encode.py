"""Times real Keras on crops, for test/bench/encode.ts: a JSON line on stdout when it is ready, with its version, then one for each
line on stdin: seconds and processor seconds of encoding the crops once.

    yes "" | head -3 | python time_encode.py --encoder resnet50 --size 400 --crops 4
"""

import argparse
import json
import os
import sys
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
    options = parser.parse_args()
    build, preprocess, taps = NETWORKS[options.encoder]
    # Values do not matter for time; shapes do.
    network = build(include_top=False, weights=None)
    averages = [keras.layers.GlobalAveragePooling2D()(network.get_layer(tap).output) for tap in taps]
    model = keras.Model(network.input, averages)
    run = tf.function(lambda batch: model(batch, training=False))
    crops = np.random.default_rng(0).integers(0, 256, (options.crops, options.size, options.size, 3))
    crops = crops.astype(np.float32)
    # The first traces and warms up.
    run(tf.constant(preprocess(crops.copy())))
    print(json.dumps({"version": keras.__version__}), flush=True)
    for _ in sys.stdin:
        started, processor = time.perf_counter(), time.process_time()
        run(tf.constant(preprocess(crops.copy())))
        seconds = {"seconds": time.perf_counter() - started, "processor": time.process_time() - processor}
        print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main()
