import type { Language } from "../../base/language";
import type { PictureRules } from "../../hub/fit-by-rules";
import type { FullViTConfig } from "../../vit/config";

/** What an explorer's page is told, as JSON, besides weights and pixels. */
export interface PageContents {
  readonly title: string;
  /** Of the page's words, to begin with. */
  readonly language: Language;
  readonly config: FullViTConfig;
  readonly classNames: readonly string[];
  readonly imageNames: readonly string[];
  /** Where it starts, as a text; null where at the first image. A link's state comes before it. */
  readonly state: string | null;
  /** Whether the images' numbers are bytes, which the model's `normalize` brings to its units, or float32 in these units. */
  readonly pixels: "bytes" | "floats";
  /** How a reader's own picture is made to fit. */
  readonly pictures: PictureRules;
}

/**
 * The elements of the page: `explorer` is where it is shown, the others hold what it is made of. `contents` is JSON; then come bytes,
 * deflated, in base64: the model's state dict as safetensors, `[images, height, width, channels]` numbers, the WebAssembly
 * engine, and its fused operations.
 */
export const PAGE_PARTS = {
  explorer: "vitlab-explorer",
  contents: "vitlab-contents",
  model: "vitlab-model",
  images: "vitlab-images",
  engine: "vitlab-engine",
  operations: "vitlab-operations",
} as const;

/** What a page is made of. */
export type PagePart = Exclude<keyof typeof PAGE_PARTS, "explorer">;
