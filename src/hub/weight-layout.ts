import { VitlabError } from "../base/error";
import type { Architecture } from "./architecture";
import { FILE_NAMES, type LayerNames, MODULE_NAMES } from "./weight-table";
import type { WeightsFolder } from "./weights-folder";

/** How the tensors of a file are called. */
export interface WeightLayout {
  /** What stands in front of the encoder's names: "vit.", or "module.vit." where the model was wrapped. */
  prefix: string;
  /** What stands in front of its layers' names. */
  layers: string;
  /** How the parts of a layer are called. */
  names: LayerNames;
  /** What stands in front of `classifier.weight`, the one beside the encoder first; empty where there is none. */
  heads: readonly string[];
  /** Whether the first head is the one of this encoder. */
  headIsBeside: boolean;
}

const MARK = "embeddings.patch_embeddings.projection.weight";
const HEAD = "classifier.weight";

/**
 * Finds out how the tensors of a file are called, whatever wrapped the model before it was saved (`module.` of
 * DataParallel, `_orig_mod.` of torch.compile, …).
 *
 * @throws VitlabError when there are no patch embeddings of transformers' ViT among them.
 */
export function weightLayout(weights: WeightsFolder, { encoder }: Architecture, dir: string): WeightLayout {
  const all = weights.names();
  const [prefix] = prefixesOf(MARK, all);
  if (prefix === undefined)
    throw new VitlabError(
      `${dir}: the weights have no tensor ${encoder}${MARK}, so they are not those of a Vision Transformer as transformers names them; ` +
        "give the folder of one",
    );
  const wrapper = prefix.endsWith(encoder) ? prefix.slice(0, -encoder.length) : prefix;
  const candidates = [MODULE_NAMES, FILE_NAMES].flatMap((names) =>
    // transformers 5.23 writes the layers of ViT-MSN's classifier without the encoder's name.
    [prefix, wrapper].map((layers) => ({ names, layers })),
  );
  const found = candidates.find(({ names, layers }) => all.some((name) => name.startsWith(layers + names.layer)));
  const heads = prefixesOf(HEAD, all);
  const headIsBeside = heads.includes(wrapper);
  return {
    prefix,
    ...(found ?? { layers: prefix, names: FILE_NAMES }),
    heads: headIsBeside ? [wrapper, ...heads.filter((head) => head !== wrapper)] : heads,
    headIsBeside,
  };
}

/** What stands in front of a name, in each tensor that ends with it. */
function prefixesOf(name: string, all: readonly string[]): string[] {
  return all.filter((one) => one === name || one.endsWith(`.${name}`)).map((one) => one.slice(0, -name.length));
}
