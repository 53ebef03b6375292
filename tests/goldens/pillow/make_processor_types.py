"""Writes what transformers' image processors make of noise, by their types and fields: python make_processor_types.py OUT.json

Needs transformers 5, Pillow 13 and NumPy. Each case is a folder's files; AutoImageProcessor opens the folder (PIL backend).
"""
import hashlib
import json
import pathlib
import sys
import tempfile

import numpy as np
import PIL
import transformers
from make import noise
from PIL import Image
from transformers import AutoImageProcessor

WIDE, TALL, TINY, SQUARE, LONG = [61, 97], [97, 41], [5, 7], [40, 40], [300, 30]
CLIP_OLD = {"feature_extractor_type": "CLIPFeatureExtractor", "size": 64, "crop_size": 64, "do_center_crop": True, "do_resize": True,
            "resample": 3, "do_normalize": True, "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}


def preprocessor(kind, **fields):
    return {"preprocessor_config.json": {"image_processor_type": f"{kind}ImageProcessor", **fields}}


def cases():
    kinds = ["ViT", "DeiT", "Beit", "CLIP", "Siglip", "Bit", "Levit", "ConvNext", "Pvt"]
    for kind in kinds:
        yield f"{kind}: nothing but the type", preprocessor(kind), [WIDE]
        for picture in (WIDE, TALL, TINY):
            crop = {"crop_size": 36} if kind in ("DeiT", "CLIP", "Bit", "Levit") else {}
            yield f"{kind}: size as a number", preprocessor(kind, size=40, **crop), [picture]
        yield f"{kind}: size as a number, with a crop of its own", preprocessor(kind, size=48, do_center_crop=True, crop_size=[33, 50]), [WIDE]
        yield f"{kind}: size as a list", preprocessor(kind, size=[40, 26], do_center_crop=False), [WIDE]
        yield f"{kind}: height and width", preprocessor(kind, size={"height": 33, "width": 50}, do_center_crop=False), [TALL]
        yield f"{kind}: shortest edge", preprocessor(kind, size={"shortest_edge": 30}, do_center_crop=False), [TALL]
        yield f"{kind}: shortest and longest edge", preprocessor(kind, size={"shortest_edge": 48, "longest_edge": 60}, do_center_crop=False), [WIDE]
        yield f"{kind}: a frame", preprocessor(kind, size={"max_height": 48, "max_width": 50}, do_center_crop=False), [WIDE]
        yield f"{kind}: longest edge alone", preprocessor(kind, size={"longest_edge": 50}, do_center_crop=False), [WIDE]
        yield f"{kind}: padded", preprocessor(kind, size=[40, 30], do_center_crop=False, do_pad=True, pad_size=[44, 50]), [WIDE]
        yield f"{kind}: what is null", preprocessor(kind, do_resize=None, do_center_crop=None, do_convert_rgb=None), [SQUARE]
        yield f"{kind}: cropped, no crop_size", preprocessor(kind, size=40, do_center_crop=True), [WIDE]
    for picture in (WIDE, TALL, TINY, LONG):
        for edge, limit in ((48, 60), (20, 20), (41, 50), (25, 33)):
            yield "edges", preprocessor("ViT", size={"shortest_edge": edge, "longest_edge": limit}), [picture]
        for height, width in ((48, 50), (30, 90)):
            yield "frames", preprocessor("ViT", size={"max_height": height, "max_width": width}), [picture]
    for pct in (0.875, 0.5, 1.5, 0.9):
        yield f"crop_pct {pct}", preprocessor("ConvNext", size={"shortest_edge": 32}, crop_pct=pct), [WIDE]
    yield "ConvNext at 384", preprocessor("ConvNext", size={"shortest_edge": 384}, crop_pct=0.875), [TINY]
    yield "ConvNext cropped twice", preprocessor("ConvNext", size=48, crop_pct=0.3, do_center_crop=True, crop_size=30), [WIDE]
    for filter in range(6):
        yield f"filter {filter}", preprocessor("CLIP", size=20, crop_size=[16, 24], resample=filter), [WIDE]
    yield "one number, proportions kept as asked", preprocessor("ViT", size=40, default_to_square=False), [WIDE]
    yield "one number, a square as asked", preprocessor("Siglip", size=40, default_to_square=True), [WIDE]
    yield "a crop larger than the picture", preprocessor("Bit", do_resize=False, crop_size={"height": 70, "width": 51}), [WIDE]
    yield "padded to the largest of a batch", preprocessor("ViT", do_resize=False, do_pad=True), [WIDE, SQUARE, TALL]
    yield "a pad_size that is too small", preprocessor("ViT", size=40, do_pad=True, pad_size=30), [WIDE]
    yield "a pad_size without do_pad", preprocessor("ViT", size=40, pad_size=50), [WIDE]
    yield "one mean for all", preprocessor("CLIP", size=40, crop_size=40, image_mean=0.25, image_std=0.3), [WIDE]
    yield "not rescaled", preprocessor("DeiT", size=40, crop_size=40, do_rescale=False, image_mean=[120, 110, 100], image_std=[60, 50, 40]), [WIDE]
    yield "not normalised", preprocessor("Siglip", size=[40, 40], do_normalize=False), [WIDE]
    yield "neither", preprocessor("Levit", size=40, crop_size=40, do_normalize=False, do_rescale=False), [WIDE]
    yield "a null that is needed", preprocessor("ViT", size=40, rescale_factor=None), [WIDE]
    yield "grey", preprocessor("CLIP", size=40, crop_size=40), [SQUARE + [1]]
    yield "a type of the torchvision kind", {"preprocessor_config.json": {"image_processor_type": "CLIPImageProcessorFast", "size": 40, "crop_size": 40}}, [WIDE]
    yield "CLIP of old", {"preprocessor_config.json": CLIP_OLD}, [WIDE]
    yield "Levit of old", {"preprocessor_config.json": CLIP_OLD | {"feature_extractor_type": "LevitFeatureExtractor"}}, [TALL]
    yield "ConvNext of old", {"preprocessor_config.json": {"feature_extractor_type": "ConvNextFeatureExtractor", "size": 64, "crop_pct": 0.875}}, [TALL]
    yield "Beit of old", {"preprocessor_config.json": {"feature_extractor_type": "BeitFeatureExtractor", "size": 64, "crop_size": 48, "do_center_crop": True}}, [TALL]
    for kind in ("vit", "vit_mae", "vit_msn", "deit"):
        yield f"no type, the model is a {kind}", {"preprocessor_config.json": {"image_mean": [0.1, 0.2, 0.3]}, "config.json": {"model_type": kind}}, [WIDE]
    yield "no type here, but in config.json", {"preprocessor_config.json": {"size": 40, "crop_size": 40}, "config.json": {"model_type": "vit", "image_processor_type": "CLIPImageProcessor"}}, [WIDE]
    section = {"image_processor_type": "ViTImageProcessor", "size": [40, 40], "image_mean": [0.1, 0.2, 0.3]}
    yield "a section of processor_config.json first", preprocessor("ViT", size=[30, 30]) | {"processor_config.json": {"image_processor": section}}, [WIDE]
    yield "a section of processor_config.json alone", {"processor_config.json": {"image_processor": section, "processor_class": "X"}}, [WIDE]
    yield "a processor_config.json without a section", preprocessor("ViT", size=[30, 30]) | {"processor_config.json": {"processor_class": "X"}}, [WIDE]
    yield "fields without effect", preprocessor("ViT", size=40, _valid_processor_keys=["images"], processor_class="X", data_format="channels_first", do_reduce_labels=True, device=None, image_seq_length=577, auto_map={"AutoProcessor": "a.B"}), [WIDE]


def main(out):
    told = []
    for number, (name, files, pictures) in enumerate(cases()):
        files = {"config.json": {"model_type": "vit"}} | files
        images = []
        for i, shape in enumerate(pictures):
            height, width, channels = (shape + [3])[:3]
            pixels = noise(height * width * channels, number + 1 + i).reshape([height, width, channels])
            images.append(Image.fromarray(pixels if channels == 3 else pixels[:, :, 0]))
        case = {"name": name, "files": files, "seed": number + 1, "pictures": [(shape + [3])[:3] for shape in pictures]}
        with tempfile.TemporaryDirectory() as folder:
            for file, fields in files.items():
                (pathlib.Path(folder) / file).write_text(json.dumps(fields))
            try:
                values = AutoImageProcessor.from_pretrained(folder, backend="pil")(images, return_tensors="np")["pixel_values"]
                values = np.ascontiguousarray(values.transpose(0, 2, 3, 1).astype(np.float32))
                case |= {"shape": list(values.shape), "sample": values.reshape(-1)[:3].tolist(), "sha256": hashlib.sha256(values.tobytes()).hexdigest()}
            except (ValueError, AttributeError, TypeError) as error:
                case["refused"] = f"{type(error).__name__}: {error}"[:100]
        told.append(case)
    rows = ",\n".join(" " + json.dumps(case) for case in told)
    pathlib.Path(out).write_text(f'{{"pillow": "{PIL.__version__}", "transformers": "{transformers.__version__}", "cases": [\n{rows}\n]}}\n')


main(sys.argv[1])
