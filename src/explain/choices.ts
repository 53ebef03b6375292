import { isIndex } from "../base/check-number";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import type { ViT } from "../vit/model";
import type { TokenGrid } from "./look";

/** Whose attention is read: the class token, or a patch counted from 0, row by row. */
export type Query = number | "class";

/**
 * The block that was asked for, or the last.
 *
 * @throws VitlabError when the model has no such block.
 */
export function chosenBlock({ blocks }: Pick<ViT, "blocks">, block = blocks.length - 1): number {
  if (isIndex(block, blocks.length)) return block;
  throw new VitlabError(`there is no block ${show(block)}: the model has ${counted("block", blocks.length)}`);
}

/** @throws VitlabError when there is no such head. */
export function chosenHead<Word extends string>(
  head: number | Word,
  heads: number,
  words: readonly Word[],
): number | Word {
  if (words.includes(head as Word) || isIndex(head, heads)) return head;
  throw new VitlabError(
    `there is no head ${show(head)}: the model has ${counted("head", heads)}, and ${words.map((word) => `"${word}"`).join(" or ")} takes all`,
  );
}

/**
 * The token of a query.
 *
 * @throws VitlabError when the model has no class token, or the grid no such patch.
 */
export function tokenOf({ config }: ViT, query: Query, { rows, columns, prefix }: TokenGrid): number {
  const patches = `a patch, 0 to ${rows * columns - 1} (${rows} rows of ${columns})`;
  if (query === "class") {
    if (config.classToken) return 0;
    throw new VitlabError(`the model has no class token to ask: name ${patches}, as the query`);
  }
  if (isIndex(query, rows * columns)) return prefix + query;
  throw new VitlabError(
    `there is no query ${show(query)}: give ${patches}${config.classToken ? ', or "class" for the class token' : ""}`,
  );
}

/** The usual query of a model: its class token, or where it has none the mean of its patches. */
export function usualQuery({ config }: ViT): Query | "mean" {
  return config.pool === "mean" || !config.classToken ? "mean" : "class";
}

/** "the class token", "patch 27". */
export function queryInWords(query: Query | "mean"): string {
  return query === "class" ? "the class token" : query === "mean" ? "the mean of all patches" : `patch ${query}`;
}

/** "the class token's attention", "patch 27's attention". */
export function attentionInWords(query: Query | "mean"): string {
  return query === "mean" ? "the patches' mean attention" : `${queryInWords(query)}'s attention`;
}

/** @throws VitlabError unless the value is one of the words. */
export function checkWord<Word extends string>(name: string, value: Word, words: readonly Word[]): Word {
  if (words.includes(value)) return value;
  throw new VitlabError(`${name} is ${show(value)}: expected ${words.map((word) => `"${word}"`).join(" or ")}`);
}

function counted(thing: string, count: number): string {
  return count === 1 ? `one ${thing}, 0` : `${thing}s 0 to ${count - 1}`;
}
