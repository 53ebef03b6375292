import { VitlabError } from "../base/error";
import type { FullViTConfig } from "./config";
import { parameterShapes } from "./parameter-shapes";
import { patchGridSize, sizeOf } from "./patches";

/** The most that a field may be: above what any model has that was ever trained, below what would fill a memory. */
export const MOST = {
  /** Pixels of a side. */
  imageSize: 16_384,
  patchSize: 16_384,
  channels: 4096,
  dim: 65_536,
  depth: 1000,
  heads: 1024,
  mlpDim: 1_048_576,
  classes: 100_000,
  registerTokens: 1024,
  layerNormEps: 1,
  /** Patches of an image. */
  patches: 16_384,
  /** Numbers of an image: pixels times channels. */
  imageNumbers: 2 ** 28,
  /** Numbers of all parameters together. */
  parameters: 2 ** 31,
} as const;

/** @throws VitlabError unless a field of a config is a whole number from 1 to its limit. */
export function wholeField(field: keyof typeof MOST, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new VitlabError(`config.${field} is ${value}: it must be a whole number, 1 or more`);
  if (value > MOST[field])
    throw new VitlabError(`config.${field} is ${value}: it must be at most ${whole(MOST[field])}`);
  return value;
}

/**
 * What each field by itself allows, all of them together may not.
 *
 * @throws VitlabError when images, patches or parameters are too many.
 */
export function checkSize(config: FullViTConfig): void {
  const [height, width] = sizeOf(config.imageSize);
  const numbers = height * width * config.channels;
  if (numbers > MOST.imageNumbers)
    throw new VitlabError(
      `config.imageSize and config.channels make images of ${height}x${width}x${config.channels}, ${whole(numbers)} numbers: ` +
        `they must be at most ${whole(MOST.imageNumbers)}`,
    );
  const { rows, columns } = patchGridSize(config.imageSize, config.patchSize);
  if (rows * columns > MOST.patches)
    throw new VitlabError(
      `config.imageSize and config.patchSize make ${rows}x${columns} patches, ${whole(rows * columns)} in all: they must be at most ` +
        `${whole(MOST.patches)}; use larger patches or smaller images`,
    );
  let parameters = 0;
  for (const [, shape] of parameterShapes(config)) parameters += shape.reduce((product, size) => product * size, 1);
  if (parameters > MOST.parameters)
    throw new VitlabError(
      `the config makes a model of ${whole(parameters)} parameters: they must be at most ${whole(MOST.parameters)}; ` +
        "make dim, mlpDim or depth smaller",
    );
}

function whole(n: number): string {
  return n.toLocaleString("en-US");
}
