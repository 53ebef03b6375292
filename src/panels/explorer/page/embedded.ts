import { PAGE_PARTS, type PageContents, type PagePart } from "../page-contents";

/** What the page is told. */
export function embeddedContents(): PageContents {
  return JSON.parse(textOf("contents"));
}

/** Bytes that the page holds. */
export async function embeddedBytes(part: Exclude<PagePart, "contents">): Promise<Uint8Array<ArrayBuffer>> {
  const text = atob(textOf(part));
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

function textOf(part: PagePart): string {
  return document.getElementById(PAGE_PARTS[part])?.textContent ?? "";
}
