import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { Fields } from "./read-json";

/** What a model type of transformers means beyond the fields of its `config.json`. */
export interface Architecture {
  /** What its classifier calls the encoder, in front of the names of the weights. */
  encoder: string;
  /** The epsilon of its layer normalizations where the file names none. */
  layerNormEps: number;
  /** Whether a distillation token stands behind the class token. */
  distillationToken: boolean;
}

const plain: Architecture = { encoder: "vit.", layerNormEps: 1e-12, distillationToken: false };

/** The model types whose encoder is a plain ViT, DeiT's second token apart. */
const READ: Readonly<Record<string, Architecture>> = {
  vit: plain,
  vit_mae: plain,
  vit_msn: { ...plain, layerNormEps: 1e-6 },
  deit: { ...plain, encoder: "deit.", distillationToken: true },
};

/** Model types that are Vision Transformers too, of other parts. */
const OTHER_VITS: readonly string[] = [
  "aimv2",
  "aimv2_vision_model",
  "beit",
  "clip",
  "clip_vision_model",
  "cvt",
  "data2vec-vision",
  "dinov2",
  "dinov2_with_registers",
  "dinov3_vit",
  "hiera",
  "ijepa",
  "levit",
  "metaclip_2",
  "mlcd",
  "mobilevit",
  "mobilevitv2",
  "pixio",
  "pvt",
  "pvt_v2",
  "radio",
  "sapiens2",
  "siglip",
  "siglip2",
  "siglip2_vision_model",
  "siglip_vision_model",
  "swiftformer",
  "swin",
  "swinv2",
  "videomae",
  "vit_hybrid",
  "vitdet",
  "vitpose_backbone",
  "vivit",
  "vjepa2",
  "yolos",
];

/**
 * What the model type of a `config.json` means.
 *
 * @param path names the file in messages
 * @throws VitlabError when it is of a model that isn't read.
 */
export function architectureOf(fields: Fields, path: string): Architecture {
  if (typeof fields.format === "string" && fields.format.startsWith("vitlab-checkpoint"))
    throw new VitlabError(`${path} is of a vitlab checkpoint: open its folder with loadCheckpoint`);
  const type = fields.model_type;
  if (typeof type === "string" && Object.hasOwn(READ, type)) return READ[type] as Architecture;
  const hint = 'vitlab reads model_type "vit", such as google/vit-base-patch16-224; choose such a model';
  throw new VitlabError(`${path} ${whatItIs(fields)}: ${hint}`);
}

function whatItIs({ model_type: type, architecture, pretrained_cfg: timm }: Fields): string {
  if (type === "timm_wrapper" || (type === undefined && architecture !== undefined && timm !== undefined))
    return `is of a model of timm's, ${show(architecture)}, whose weights vitlab doesn't read`;
  if (type === undefined) return "has no model_type, so it doesn't say of which model it is";
  return (OTHER_VITS as readonly unknown[]).includes(type)
    ? `is of a model of type ${show(type)}, a Vision Transformer of another build, which vitlab doesn't read`
    : `is of a model of type ${show(type)}, which vitlab doesn't read`;
}
