import type { MimeBundle } from "../../jupyter";

/** What a cell's value looks like in the formats that it has. */
export interface Presentation {
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
}

/** A presentation without metadata. */
export function presentation(data: MimeBundle): Presentation {
  return { data, metadata: {} };
}
