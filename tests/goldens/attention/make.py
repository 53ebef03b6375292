"""What transformers computes of data/chelsea.png with data/models/vit-cifar10: the attention of some queries.

Made with transformers 5.23.0, Pillow 13.0.0 and PyTorch 2.15:
    python tests/goldens/attention/make.py
"""

import json
from pathlib import Path

import torch
from PIL import Image
from transformers import AutoModelForImageClassification, ViTImageProcessorPil

root = Path(__file__).parents[3]
folder = root / "data" / "models" / "vit-cifar10"
model = AutoModelForImageClassification.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
processor = ViTImageProcessorPil.from_pretrained(folder)
pixels = processor(Image.open(root / "data" / "chelsea.png").convert("RGB"), return_tensors="pt")["pixel_values"]
with torch.no_grad():
    output = model(pixels, output_attentions=True)
probabilities = output.logits.softmax(-1)[0]
best = int(probabilities.argmax())

rows = []
for block, head, query in [(4, "mean", "class"), (0, 0, "class"), (1, 2, 27), (3, "mean", 63)]:
    heads = output.attentions[block][0]
    chosen = heads.mean(0) if head == "mean" else heads[head]
    row = chosen[0 if query == "class" else 1 + query].tolist()
    rows.append(
        {
            "block": block,
            "head": head,
            "query": query,
            "classToken": round(row[0], 7),
            "weights": [round(weight, 7) for weight in row[1:]],
        }
    )
golden = {"label": model.config.id2label[best], "probability": round(float(probabilities[best]), 6), "rows": rows}
(Path(__file__).parent / "chelsea.json").write_text(json.dumps(golden) + "\n")
