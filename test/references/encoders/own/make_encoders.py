"""
Tiny random networks as encoders of one's own (docs/own-encoder.md), and what PyTorch gives for them: one folder each, with
lobule-encoder.json, the ONNX file, and expected.json. The networks know nothing; they are a few kB so that they can be kept.

    python3.10 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make_encoders.py
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy
import onnx
import torch
from onnx.external_data_helper import convert_model_to_external_data
from onnxconverter_common.float16 import convert_float_to_float16
from timm.models.vision_transformer import VisionTransformer
from torch import nn

here = Path(__file__).parent
opset = 14
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
LUNIT = ([0.7032, 0.5361, 0.6610], [0.2172, 0.2608, 0.2072])


def probe_image(size):
    """RGB, the same in any language: (7x + 13y + 101c + (x^2 + y^2) / 64 + xy / 32) mod 256, with whole quotients."""
    y, x, c = numpy.meshgrid(numpy.arange(size), numpy.arange(size), numpy.arange(3), indexing="ij")
    return ((7 * x + 13 * y + 101 * c + ((x * x + y * y) >> 6) + ((x * y) >> 5)) % 256).astype(numpy.uint8)


class Registers(nn.Module):
    """timm's ViT with a class token and four registers; all tokens go out."""

    def __init__(self):
        super().__init__()
        self.vit = VisionTransformer(
            img_size=32, patch_size=8, embed_dim=16, depth=2, num_heads=2, num_classes=0, class_token=True, reg_tokens=4
        )

    def forward(self, x):
        return self.vit.forward_features(x)


class Dynamic(nn.Module):
    """A transformer without position embeddings, so that every multiple of its patch is a size."""

    def __init__(self, width=12, patch=8):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.norm = nn.LayerNorm(width)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.out = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        n = self.norm(x)
        weights = torch.softmax(self.query(n) @ self.key(n).transpose(1, 2) / 12**0.5, dim=-1)
        x = x + weights @ self.value(n)
        return x + self.out(x)


def convolutions(width=16):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, width, 3, 2, 1), nn.ReLU()
    )


class BytesLast(nn.Module):
    """Bytes, blue first, channels last: normalises in the graph and averages there."""

    def __init__(self):
        super().__init__()
        self.layers = convolutions()

    def forward(self, x):
        x = x.float().permute(0, 3, 1, 2) / 127.5 - 1
        return self.layers(x).mean(dim=(2, 3))


class MapLast(nn.Module):
    """A map with channels last, from an image with channels last."""

    def __init__(self):
        super().__init__()
        self.layers = convolutions(10)

    def forward(self, x):
        return self.layers(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


def mean_of(tokens, prefix):
    return tokens[:, prefix:].mean(dim=1)


def cls_and_mean(tokens, prefix):
    return torch.cat([tokens[:, 0], mean_of(tokens, prefix)], dim=1)


def norm3(image_map):
    return image_map.double().pow(3).mean(dim=(2, 3)).pow(1 / 3).float()


def tensor_of(image, manifest):
    given = manifest["input"]
    values = image[..., ::-1] if given["channels"] == "BGR" else image
    if given["dtype"] == "uint8":
        tensor = torch.from_numpy(values.copy())
    else:
        scaled = values.astype(numpy.float64) * given["scale"]
        tensor = torch.from_numpy(((scaled - given["mean"]) / given["std"]).astype(numpy.float32))
    if given["layout"] == "NCHW":
        tensor = tensor.permute(2, 0, 1)
    return tensor[None].contiguous()


def write(name, title, network, pool, sizes, *, size, given=None, output, tile=None, dynamic=(), after=None, external=False, licence=None):
    """
    sizes: of the probe and of further images; dynamic: axes of the input of any length; after: changes the ONNX model and says
    what PyTorch's numbers are made with.
    """
    network = network.eval()
    folder = here / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    manifest = {
        "format": "lobule-encoder",
        "version": 1,
        "name": name,
        "title": title,
        "revision": "1",
        "citation": "A random network of Lobule's tests.",
        "licence": licence
        or {
            "name": "Apache-2.0",
            "url": None,
            "commercialUse": "yes",
            "derivedModels": "free",
            "redistribution": "yes",
            "attribution": "Lobule's tests.",
        },
        "input": {
            "name": "image",
            "layout": "NCHW",
            "channels": "RGB",
            "dtype": "float32",
            "size": size,
            "batch": 1,
            "scale": 1 / 255,
            "mean": IMAGENET[0],
            "std": IMAGENET[1],
            **(given or {}),
        },
        "tile": tile or {"pixelSizeUm": 0.5, "resize": "bicubic"},
        "output": {"name": "out", "prefixTokens": 0, **output},
        "trainedOn": {"text": "Nothing: its weights are random.", "dataSets": []},
    }
    file = folder / "network.onnx"
    example = tensor_of(probe_image(sizes[0]), manifest)
    torch.onnx.export(
        network, example, str(file), opset_version=opset, input_names=["image"], output_names=["out"],
        dynamic_axes={"image": {axis: f"axis{axis}" for axis in dynamic}} if dynamic else None,
    )
    if after is not None:
        onnx.save(after(onnx.load(str(file))), str(file))
    listed = []
    if external:
        model = onnx.load(str(file))
        convert_model_to_external_data(model, location="weights.bin", size_threshold=0, convert_attribute=False)
        file.unlink()
        onnx.save_model(model, str(file))
        listed = [{"file": "weights.bin", "sha256": digest(folder / "weights.bin")}]
    manifest["network"] = {"file": file.name, "sha256": digest(file), "external": listed, "opset": opset}
    with torch.no_grad():
        expected = [
            {"sizePx": px, "descriptor": pool(network(tensor_of(probe_image(px), manifest)))[0].tolist()} for px in sizes
        ]
    manifest["probe"] = {"sizePx": sizes[0], "output": expected[0]["descriptor"], "leastCosine": 0.999}
    (folder / "lobule-encoder.json").write_text(json.dumps(manifest, indent=1) + "\n")
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    print(name, sum(path.stat().st_size for path in folder.iterdir()), "bytes")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def same(x):
    return x


def in_half(model):
    return convert_float_to_float16(model, keep_io_types=False)


def half_network():
    """Weights that float16 holds, so that PyTorch's numbers in float32 differ by the arithmetic alone."""
    network = nn.Sequential(convolutions(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(weights.half().float())
    return network


torch.manual_seed(20261130)
restricted = {
    "name": "CC-BY-NC-ND-4.0",
    "url": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "commercialUse": "no",
    "derivedModels": "same-terms",
    "redistribution": "no",
    "attribution": "Lobule's tests.",
}
write(
    "vit-registers", "ViT with registers", Registers(), lambda tokens: cls_and_mean(tokens, 5), [32],
    size={"fixedPx": 32},
    output={"kind": "tokens", "length": 32, "pooling": "cls+mean", "prefixTokens": 5, "nonNegative": False},
    licence=restricted,
)
write(
    "vit-dynamic", "ViT of any size", Dynamic(), lambda tokens: mean_of(tokens, 0), [64, 96, 160],
    size={"multipleOf": 8, "minPx": 32, "maxPx": 4096}, dynamic=(2, 3),
    given={"mean": HALF[0], "std": HALF[1]},
    output={"kind": "tokens", "length": 12, "pooling": "mean", "nonNegative": False},
)
write(
    "bytes-last", "CNN of bytes, channels last", BytesLast(), same, [64],
    size={"fixedPx": 64},
    given={"layout": "NHWC", "channels": "BGR", "dtype": "uint8", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]},
    output={"kind": "vector", "length": 16, "pooling": "none", "nonNegative": True},
    tile={"pixelSizeUm": None, "resize": "none"},
)
write(
    "external-data", "CNN with external data", nn.Sequential(convolutions(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 20)),
    same, [64],
    size={"fixedPx": 64}, external=True, given={"mean": LUNIT[0], "std": LUNIT[1]},
    output={"kind": "vector", "length": 20, "pooling": "none", "nonNegative": False},
)
write(
    "half-precision", "CNN in half precision", half_network(), same, [64],
    size={"fixedPx": 64}, given={"dtype": "float16"}, after=in_half,
    output={"kind": "vector", "length": 16, "pooling": "none", "nonNegative": True},
)
write(
    "map-dynamic", "CNN with a map", convolutions(), lambda image_map: image_map.mean(dim=(2, 3)), [64, 96, 128],
    size={"multipleOf": 4, "minPx": 32, "maxPx": 2048}, dynamic=(0, 2, 3), given={"batch": "any"},
    output={"kind": "map", "length": 16, "pooling": "mean", "nonNegative": True},
)
write(
    "map-last", "CNN with a map, channels last", MapLast(), lambda image_map: norm3(image_map.permute(0, 3, 1, 2)), [64],
    size={"fixedPx": 64}, given={"layout": "NHWC"},
    output={"kind": "map", "layout": "NHWC", "length": 10, "pooling": "norm3", "nonNegative": True},
)
