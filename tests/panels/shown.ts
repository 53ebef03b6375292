import { present } from "../../src/kernel/child/present";

/** What a notebook of this project's kernel gets of a value that ends a cell. */
export async function shown(value: unknown): Promise<Record<string, unknown>> {
  const { data } = (await present(value)) ?? { data: {} };
  return data as Record<string, unknown>;
}

/** The words, which have to be few. */
export function wordsOf(data: Record<string, unknown>): string {
  const words = data["text/plain"] as string;
  if (Buffer.byteLength(words) >= 1024) throw new Error(`words of ${Buffer.byteLength(words)} bytes: ${words}`);
  return words;
}
