import { misfit, showField } from "../base/field";
import { whole } from "../base/whole";
import { checkPositions, hasSincos2d } from "../nn/positions";
import { completeNormalization } from "../tensor/normalization";
import type { FullViTConfig } from "./config";
import { CONFIG_FIELDS } from "./config-fields";
import { MOST } from "./config-limits";
import { parameterCount } from "./parameter-count";
import { patchGridSize, sizeOf } from "./patches";

type Name = keyof FullViTConfig;

/** A field that can be changed so that a problem is gone. */
export interface Remedy {
  readonly field: Name;
  /** What to say beside the field: "5 heads don't divide dim 32: 4 does". */
  readonly sentence: string;
  /** The nearest value with which the problem is gone, where there is one. */
  readonly nearest?: unknown;
}

/** Why no model can be made of a config. */
export interface ConfigProblem {
  /** In one sentence that names the field. */
  readonly message: string;
  readonly remedies: readonly Remedy[];
}

interface Rule {
  readonly fields: readonly Name[];
  find(config: FullViTConfig): ConfigProblem | undefined;
}

/**
 * What is wrong with a config that has all fields: with each field by itself, and with fields that don't agree. Those of which
 * one is wrong by itself aren't held against each other.
 */
export function* configProblems(config: FullViTConfig): Generator<ConfigProblem> {
  const wrong = new Set<Name>();
  for (const field of Object.keys(CONFIG_FIELDS) as Name[]) {
    const found = misfit(config[field], CONFIG_FIELDS[field]);
    if (!found) continue;
    wrong.add(field);
    const { nearest, must } = found;
    const sentence = `${must}${nearest === undefined ? "" : `; the nearest is ${showField(nearest)}`}`;
    yield { message: `config.${field} ${found.wrong}`, remedies: [{ field, sentence, nearest }] };
  }
  for (const { fields, find } of RULES) {
    if (fields.some((field) => wrong.has(field))) continue;
    const found = find(config);
    if (!found) continue;
    for (const { field } of found.remedies) wrong.add(field);
    yield found;
  }
}

/** Fields that have to agree, in the order in which they are told. */
const RULES: readonly Rule[] = [
  {
    fields: ["imageSize", "patchSize"],
    find({ imageSize, patchSize }) {
      const message = refusal(() => patchGridSize(imageSize, patchSize));
      if (message === undefined) return undefined;
      const [height, width] = sizeOf(imageSize);
      const common = greatestCommonDivisor(height, width);
      const smaller = nearestWhere(patchSize, 1, common, (size) => common % size === 0) ?? 1;
      const sides = [height, width].map((side) => nearestMultiple(side, patchSize, MOST.imageSize));
      const size = Array.isArray(imageSize) ? sides : sides[0];
      return {
        message,
        remedies: [
          remedy("patchSize", `${patchSize} doesn't divide ${height}x${width} pixels: ${smaller} does`, smaller),
          remedy(
            "imageSize",
            `patchSize ${patchSize} doesn't divide ${height}x${width}: ${sides.join("x")} it does`,
            size,
          ),
        ],
      };
    },
  },
  {
    fields: ["dim", "heads"],
    find(config) {
      const { dim, heads } = config;
      if (dim % heads === 0) return undefined;
      const other = nearestWhere(heads, 1, Math.min(dim, MOST.heads), (count) => dim % count === 0) ?? 1;
      const nearest = nearestDim(config);
      return {
        message:
          `config.heads is ${heads}, which does not divide dim ${dim}; ` +
          `use one of ${divisors(dim).join(", ")} heads or another dim`,
        remedies: [
          remedy("heads", `${heads} heads don't divide dim ${dim}: ${other} does`, other),
          remedy("dim", `${heads} heads don't divide dim ${dim}: they divide ${nearest}`, nearest),
        ],
      };
    },
  },
  {
    fields: ["channels", "normalize"],
    find({ channels, normalize }) {
      const message = refusal(() => completeNormalization(normalize, channels));
      if (message === undefined) return undefined;
      const count = Array.isArray(normalize?.mean) ? normalize.mean.length : undefined;
      const fits = count !== undefined && refusal(() => completeNormalization(normalize, count)) === undefined;
      const sentence = `normalize is of ${count} channel${count === 1 ? "" : "s"}`;
      return { message, remedies: fits ? [remedy("channels", sentence, count)] : [remedy("normalize", message)] };
    },
  },
  {
    fields: ["positions", "dim"],
    find(config) {
      const { positions, dim } = config;
      const message = refusal(() => checkPositions(positions, dim));
      if (message === undefined) return undefined;
      const nearest = nearestDim(config);
      const need = positions === "sincos1d" ? "an even dim" : "a dim of 8 or more that 4 divides";
      return {
        message,
        remedies: [
          remedy("dim", `${positions} positions need ${need}: ${nearest} is one`, nearest),
          remedy("positions", `${positions} needs ${need}: learned takes ${dim}`, "learned"),
        ],
      };
    },
  },
  {
    fields: ["initialization", "positions", "dim"],
    find(config) {
      const { initialization, positions, dim } = config;
      if (initialization !== "mimetic" || positions !== "learned" || hasSincos2d(dim)) return undefined;
      const nearest = nearestDim(config);
      return {
        message:
          `config.initialization is "mimetic", but its sines for the positions need a dim of 8 or more that 4 divides, got ` +
          `${dim}; use such a dim or "vit"`,
        remedies: [
          remedy("dim", `mimetic initialization needs a dim of 8 or more that 4 divides: ${nearest} is one`, nearest),
          remedy("initialization", `mimetic needs a dim of 8 or more that 4 divides: vit takes ${dim}`, "vit"),
        ],
      };
    },
  },
  {
    fields: ["pool", "classToken"],
    find({ pool, classToken }) {
      if (pool !== "cls" || classToken) return undefined;
      return {
        message: 'config.pool is "cls" but classToken is false: set classToken to true, or pool to "mean"',
        remedies: [
          remedy("classToken", "the pool cls reads the class token: yes gives it one", true),
          remedy("pool", "there is no class token: mean does without", "mean"),
        ],
      };
    },
  },
  {
    fields: ["distillationToken", "classToken"],
    find({ distillationToken, classToken }) {
      if (!distillationToken || classToken) return undefined;
      return {
        message:
          "config.distillationToken is true but classToken is false: the distillation token stands behind the class token; set both or none",
        remedies: [
          remedy("classToken", "the distillation token stands behind the class token: yes gives it one", true),
          remedy("distillationToken", "it stands behind the class token, and there is none: no leaves it out", false),
        ],
      };
    },
  },
  {
    fields: ["imageSize", "channels"],
    find({ imageSize, channels }) {
      const [height, width] = sizeOf(imageSize);
      const numbers = height * width * channels;
      if (numbers <= MOST.imageNumbers) return undefined;
      const most = Math.floor(MOST.imageNumbers / (height * width));
      return {
        message:
          `config.imageSize and config.channels make images of ${height}x${width}x${channels}, ${whole(numbers)} numbers: ` +
          `they must be at most ${whole(MOST.imageNumbers)}`,
        remedies: [
          remedy("imageSize", `images of ${whole(numbers)} numbers: they must be at most ${whole(MOST.imageNumbers)}`),
          ...(most < 1 ? [] : [remedy("channels", `too many numbers an image: at most ${most} channels`, most)]),
        ],
      };
    },
  },
  {
    fields: ["imageSize", "patchSize"],
    find({ imageSize, patchSize }) {
      const { rows, columns } = patchGridSize(imageSize, patchSize);
      const patches = rows * columns;
      if (patches <= MOST.patches) return undefined;
      const [height, width] = sizeOf(imageSize);
      const common = greatestCommonDivisor(height, width);
      const few = (size: number) => common % size === 0 && (height / size) * (width / size) <= MOST.patches;
      const nearest = nearestWhere(patchSize, patchSize, common, few);
      const hint = nearest === undefined ? "" : `: patches of ${nearest} are few enough`;
      return {
        message:
          `config.imageSize and config.patchSize make ${rows}x${columns} patches, ${whole(patches)} in all: they must be at most ` +
          `${whole(MOST.patches)}; use larger patches or smaller images`,
        remedies: [
          remedy("patchSize", `${whole(patches)} patches are more than ${whole(MOST.patches)}${hint}`, nearest),
        ],
      };
    },
  },
  {
    fields: ["imageSize", "patchSize", "channels", "dim", "depth", "heads", "mlpDim", "classes", "registerTokens"],
    find(config) {
      const parameters = parameterCount(config).total;
      if (parameters <= MOST.parameters) return undefined;
      const outside = parameterCount({ ...config, depth: 0 }).total;
      const depth = Math.floor((MOST.parameters - outside) / ((parameters - outside) / config.depth));
      const sentence = `${whole(parameters)} parameters are more than ${whole(MOST.parameters)}`;
      return {
        message:
          `the config makes a model of ${whole(parameters)} parameters: they must be at most ${whole(MOST.parameters)}; ` +
          "make dim, mlpDim or depth smaller",
        remedies: [
          depth < 1
            ? remedy("dim", `${sentence}: make it or mlpDim smaller`)
            : remedy("depth", `${sentence}: ${depth} block${depth === 1 ? " has" : "s have"} fewer`, depth),
        ],
      };
    },
  },
];

function remedy(field: Name, sentence: string, nearest?: unknown): Remedy {
  return { field, sentence, nearest };
}

/** What a check says that throws. */
function refusal(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The nearest length of a token that the heads divide and the positions take. */
function nearestDim({ dim, heads, positions, initialization }: FullViTConfig): number {
  const quarters = positions === "sincos2d" || (initialization === "mimetic" && positions === "learned");
  const parts = quarters ? 4 : positions === "sincos1d" ? 2 : 1;
  const step = (heads * parts) / greatestCommonDivisor(heads, parts);
  return nearestMultiple(Math.max(dim, quarters ? 8 : 1), step, MOST.dim, quarters ? 8 : 1);
}

function nearestMultiple(value: number, step: number, most: number, least = step): number {
  const nearest = Math.round(value / step) * step;
  return Math.max(Math.min(nearest, Math.floor(most / step) * step), Math.ceil(least / step) * step);
}

/** The nearest whole number of which something is true; of two as near the smaller one. */
function nearestWhere(
  value: number,
  least: number,
  most: number,
  is: (candidate: number) => boolean,
): number | undefined {
  for (let away = 0; away <= Math.max(value - least, most - value); away++)
    for (const candidate of [value - away, value + away])
      if (candidate >= least && candidate <= most && is(candidate)) return candidate;
  return undefined;
}

function divisors(n: number): number[] {
  return Array.from({ length: Math.min(n, 32) }, (_, i) => i + 1).filter((d) => n % d === 0);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
