"""What Python's transformers makes of the same models.

make OUT               random models in folders below OUT, with images and everything computed of them
pictures PICTURE FOLDER...   the picture as each folder's image processor makes it (PIL), as picture.safetensors beside it
answers OUT PICTURE FOLDER...   the scores of the pipeline, in the order of the labels: computed in the type that the folder's
    file has, as is the pipeline's default, and in float32
logits OUT FOLDER...   the logits of `pixel_values.safetensors` in each folder, written beside it; says which class opened it
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification, ViTConfig, ViTForImageClassification, ViTModel, pipeline

ODD = {
    "one_channel": dict(image_size=20, patch_size=5, num_channels=1, hidden_size=12, num_attention_heads=2),
    "no_qkv_bias": dict(image_size=16, patch_size=4, hidden_size=48, num_attention_heads=6, qkv_bias=False),
    "not_square": dict(image_size=[12, 20], patch_size=4, hidden_size=24, num_attention_heads=3, hidden_act="gelu_new"),
    "uncovered": dict(image_size=30, patch_size=4, hidden_size=16, num_attention_heads=4, hidden_act="relu", layer_norm_eps=1e-6),
    "interpolated": dict(image_size=16, patch_size=4, hidden_size=16, num_attention_heads=4),
    "odd_interpolated": dict(image_size=15, patch_size=5, hidden_size=16, num_attention_heads=1),
}
OTHER_SIZE = {"interpolated": (27, 18), "odd_interpolated": (25, 10)}


def shaken(model, seed):
    """Moves the weights off their starting values, which hide mistakes."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()


def make(out):
    for seed, (name, sizes) in enumerate(ODD.items()):
        config = ViTConfig(num_hidden_layers=3, intermediate_size=28, num_labels=4, **sizes)
        model = shaken(ViTForImageClassification._from_config(config, attn_implementation="eager"), seed)
        folder = pathlib.Path(out) / name
        model.save_pretrained(folder)
        size = config.image_size if not isinstance(config.image_size, int) else [config.image_size] * 2
        height, width = OTHER_SIZE.get(name, size)
        pixels = torch.rand(11, config.num_channels, height, width) * 2 - 1
        flag = dict(interpolate_pos_encoding=True) if name in OTHER_SIZE else {}
        with torch.no_grad():
            got = model(pixels, output_attentions=True, output_hidden_states=True, **flag)
            last = model.vit(pixels, **flag).last_hidden_state
        want = {"logits": got.logits, "last_hidden_state": last}
        want |= {f"hidden_states.{i}": tensor for i, tensor in enumerate(got.hidden_states)}
        want |= {f"attentions.{i}": tensor for i, tensor in enumerate(got.attentions)}
        save_file({"pixel_values": pixels}, folder / "pixel_values.safetensors")
        save_file({key: tensor.contiguous() for key, tensor in want.items()}, folder / "want.safetensors")
    config = ViTConfig(num_hidden_layers=2, intermediate_size=28, image_size=8, patch_size=4, hidden_size=8, num_attention_heads=2)
    shaken(ViTModel(config), 50).save_pretrained(pathlib.Path(out) / "encoder")
    labeled = ViTForImageClassification(ViTConfig(**config.to_dict() | {"id2label": {0: "cat", 1: "dog"}, "label2id": {"cat": 0, "dog": 1}}))
    for dtype in (torch.float16, torch.bfloat16):
        shaken(labeled, 51).to(dtype).save_pretrained(pathlib.Path(out) / str(dtype).split(".")[1])
        labeled.float()
    shaken(labeled, 52).save_pretrained(pathlib.Path(out) / "sharded", max_shard_size="3KB")


def logits(out, folders):
    told = {}
    for folder in map(pathlib.Path, folders):
        model = AutoModelForImageClassification.from_pretrained(folder, dtype=torch.float32).eval()
        with torch.no_grad():
            result = model(load_file(folder / "pixel_values.safetensors")["pixel_values"]).logits
        save_file({"logits": result.contiguous()}, folder / "logits.safetensors")
        told[folder.name] = {"class": type(model).__name__, "labels": [model.config.id2label[i] for i in range(result.shape[1])]}
    pathlib.Path(out).write_text(json.dumps(told))


def pictures(picture, folders):
    for folder in map(pathlib.Path, folders):
        processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
        values = processor(Image.open(picture), return_tensors="pt")["pixel_values"].permute(0, 2, 3, 1)
        save_file({"values": values.contiguous()}, folder / "picture.safetensors")


def answers(out, arguments):
    picture, *folders = arguments
    told = {}
    for folder in folders:
        processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
        told[folder] = {}
        for name, options in {"scores": {}, "float32": {"dtype": torch.float32}}.items():
            ask = pipeline("image-classification", model=folder, image_processor=processor, **options)
            scores = {answer["label"]: answer["score"] for answer in ask(picture, top_k=1000)}
            config = ask.model.config
            told[folder] |= {"class": type(ask.model).__name__, "problem_type": config.problem_type,
                             name: [scores[config.id2label[i]] for i in range(len(scores))]}
    pathlib.Path(out).write_text(json.dumps(told))


if __name__ == "__main__":
    command, out, *rest = sys.argv[1:]
    if command == "make":
        make(out)
    else:
        {"logits": logits, "pictures": pictures, "answers": answers}[command](out, rest)
