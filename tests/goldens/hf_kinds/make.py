"""Writes small random models of several kinds, and what transformers computes of them: python make.py (into its own folder)

three, one   ViTForImageClassification of three labels and of one; answers.json has the pipeline's scores by problem_type
deit, msn    DeiTForImageClassification and ViTMSNForImageClassification; want.safetensors has logits, hidden states, attention
"""
import json
import pathlib
import shutil
import tempfile

import torch
import transformers
from safetensors.torch import save_file
from transformers import (AutoImageProcessor, AutoModelForImageClassification, DeiTConfig, DeiTForImageClassification, ViTConfig,
                          ViTForImageClassification, ViTImageProcessor, ViTMSNConfig, ViTMSNForImageClassification, pipeline)

HERE = pathlib.Path(__file__).parent
PICTURE = HERE.parent / "processor" / "gradient_32x32.png"
SIZES = dict(image_size=12, patch_size=4, hidden_size=8, num_attention_heads=2, num_hidden_layers=2, intermediate_size=12)


def shaken(model, seed):
    """Moves the weights off their starting values, which hide mistakes."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model.eval()


def made(name, kind, config, seed):
    model = shaken(kind._from_config(config, attn_implementation="eager"), seed)
    shutil.rmtree(HERE / name, ignore_errors=True)
    model.save_pretrained(HERE / name)
    return model


def answers(name, problem_type, **more):
    """The pipeline's scores in the order of the labels, of the folder with another problem_type."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(HERE / name, folder, dirs_exist_ok=True)
        path = pathlib.Path(folder) / "config.json"
        config = json.loads(path.read_text()) | {"problem_type": problem_type} | more
        path.write_text(json.dumps(config))
        processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
        ask = pipeline("image-classification", model=AutoModelForImageClassification.from_pretrained(folder), image_processor=processor)
        scores = {answer["label"]: answer["score"] for answer in ask(str(PICTURE), top_k=9)}
        return {"folder": name, "config": {"problem_type": problem_type} | more, "scores": [scores[config["id2label"][str(i)]] for i in range(len(scores))]}


def traced(name, model, encoder):
    pixels = torch.rand(2, 3, 12, 12) * 2 - 1
    wide = torch.rand(1, 3, 16, 8) * 2 - 1
    with torch.no_grad():
        got = model(pixels, output_attentions=True, output_hidden_states=True)
        last = encoder(pixels).last_hidden_state
        stretched = model(wide, interpolate_pos_encoding=True).logits
    want = {"pixel_values": pixels, "logits": got.logits, "last_hidden_state": last, "wide.pixel_values": wide, "wide.logits": stretched}
    want |= {f"hidden_states.{i}": tensor for i, tensor in enumerate(got.hidden_states)}
    want |= {f"attentions.{i}": tensor for i, tensor in enumerate(got.attentions)}
    save_file({key: tensor.contiguous() for key, tensor in want.items()}, HERE / name / "want.safetensors")


def main():
    labels = ["ant", "bee", "cow"]
    for seed, (name, names) in enumerate({"three": labels, "one": labels[:1]}.items()):
        ids = dict(id2label=dict(enumerate(names)), label2id={label: i for i, label in enumerate(names)})
        made(name, ViTForImageClassification, ViTConfig(**SIZES, **ids), seed)
        ViTImageProcessor(size={"height": 12, "width": 12}).save_pretrained(HERE / name)
    kinds = [None, "multi_label_classification", "regression", "single_label_classification"]
    # transformers 5 refuses the last one where there is one label.
    told = [answers(name, kind) for name in ("three", "one") for kind in kinds[: 4 if name == "three" else 3]]
    # The pipeline reads it after everything else, so never.
    told.append(answers("three", "multi_label_classification", function_to_apply="softmax"))
    rows = ",\n".join(" " + json.dumps(answer) for answer in told)
    (HERE / "answers.json").write_text(f'{{"transformers": "{transformers.__version__}", "answers": [\n{rows}\n]}}\n')
    deit = made("deit", DeiTForImageClassification, DeiTConfig(**SIZES, num_labels=4), 2)
    traced("deit", deit, deit.deit)
    msn = made("msn", ViTMSNForImageClassification, ViTMSNConfig(**SIZES, num_labels=4), 3)
    traced("msn", msn, msn.vit)


main()
