import { show } from "./check-options";
import { VitlabError } from "./error";

/** A language that the library speaks: English or Chinese. */
export type Language = "en" | "zh";

/** A text in both languages. */
export interface InBoth {
  readonly en: string;
  readonly zh: string;
}

/** A text: one for both languages, or each its own. */
export type Words = string | InBoth;

/** Forms in which systems name a language: "zh", "zh-CN", "zh_CN.UTF-8". */
const FORM = /^(en|zh)([-_.@].*)?$/i;

/**
 * The language of what the library shows: that of the environment's `VITLAB_LANG`, else Chinese where the process runs in a
 * folder named `zh`, else English. Errors are English always.
 *
 * @throws VitlabError when `VITLAB_LANG` names another language.
 */
export function language(): Language {
  // A browser has no process.
  const here = globalThis.process as typeof process | undefined;
  const chosen = here?.env?.VITLAB_LANG;
  if (chosen) {
    const form = FORM.exec(chosen);
    if (!form)
      throw new VitlabError(`VITLAB_LANG is ${show(chosen)}: the library speaks "en" and "zh", set one of them`);
    return form[1]!.toLowerCase() as Language;
  }
  return isChineseFolder(here) ? "zh" : "en";
}

/**
 * A text in the language of what the library shows.
 *
 * @example
 * ```ts
 * import { inLanguage, language } from "vitlab";
 *
 * console.log(language(), inLanguage({ en: "cat", zh: "猫" })); // en cat
 * ```
 */
export function inLanguage(words: Words): string {
  return typeof words === "string" ? words : words[language()];
}

/** Whether a value is a text, or one for each language. */
export function isWords(value: unknown): value is Words {
  if (typeof value === "string") return true;
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return false;
  const { en, zh } = value as Partial<InBoth>;
  return typeof en === "string" && typeof zh === "string";
}

function isChineseFolder(here: typeof process | undefined): boolean {
  try {
    return /[/\\]zh[/\\]?$/.test(here?.cwd?.() ?? "");
  } catch {
    // A folder that was removed has no name.
    return false;
  }
}
