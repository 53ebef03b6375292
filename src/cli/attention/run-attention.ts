import { existsSync, realpathSync } from "node:fs";
import { extname } from "node:path";
import { VitlabError } from "../../base/error";
import { readImage } from "../../data/image-file";
import { saveFigure } from "../../figure/save-figure";
import { type PhotoAttention, photoAttention } from "../../hub/photo-attention";
import { attentionFigure, placeInWords, queryInWords } from "../../panels/draw-attention";
import { describeEngine, type EngineName, useEngine } from "../../tensor/node/engine";
import { percent } from "../../train/percent";
import { openModel } from "../inputs/open-model";
import { lineFor, printJson, printLine } from "../terminal/output";

/** The options of `vitlab attention`. */
export interface AttentionArguments {
  out?: string;
  block?: number;
  head: number | "mean";
  query: number | "class";
  engine?: EngineName;
  json?: boolean;
}

/** Draws where a model looks in a photograph, and says it. */
export async function runAttention(folder: string, file: string, args: AttentionArguments): Promise<void> {
  const { out, json, block, head, query } = args;
  checkOut(out, file, json);
  const say = lineFor(json);
  say(describeEngine(await useEngine(args.engine, { quiet: true })));
  const photo = await readImage(file);
  const given = await openModel(folder, say);
  const found = await photoAttention(given, photo, { ...(block !== undefined && { block }), head, query });
  if (out !== undefined) await saveFigure(attentionFigure(photo, found), out);
  if (json) printJson(report(file, found, out));
  else printLine(sentence(file, found, out));
}

function checkOut(out: string | undefined, file: string, json: boolean | undefined): void {
  if (out === undefined) {
    if (json) return;
    throw new VitlabError("--out is missing: name the picture to write, such as --out attention.png");
  }
  if (![".png", ".svg"].includes(extname(out).toLowerCase()))
    throw new VitlabError(`--out ${out} must end with .png or .svg`);
  if (existsSync(out) && existsSync(file) && realpathSync(out) === realpathSync(file))
    throw new VitlabError(`--out ${out} is the photograph itself: choose another name`);
}

/** The patch that got most, and where it lies. */
function most({ weights, grid }: PhotoAttention) {
  const patch = weights.indexOf(Math.max(...weights));
  return {
    patch,
    row: Math.floor(patch / grid.columns),
    column: patch % grid.columns,
    weight: weights[patch] as number,
  };
}

function sentence(file: string, found: PhotoAttention, out: string | undefined): string {
  const { answer, query, classToken } = found;
  const { patch, row, column, weight } = most(found);
  const is = answer ? `${file}: ${answer.className} (${percent(answer.probability)}); ` : `${file}: `;
  const token =
    classToken === undefined
      ? ""
      : `, and ${percent(classToken)} went to ${query === "class" ? "the class token itself" : "the class token"}`;
  return (
    `${is}in ${placeInWords(found)}, ${queryInWords(query)} looked most at patch ${patch} (row ${row}, column ${column}) ` +
    `with ${percent(weight)} of its attention${token}${out === undefined ? "" : `; wrote ${out}`}`
  );
}

function report(file: string, found: PhotoAttention, out: string | undefined): Record<string, unknown> {
  const { answer, block, head, query, grid, weights, classToken, seen } = found;
  return {
    file,
    out,
    ...answer,
    block,
    head,
    query,
    ...grid,
    weights: [...weights],
    classToken,
    most: most(found),
    seen,
  };
}
