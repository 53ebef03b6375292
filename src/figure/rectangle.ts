import type { OptionKind } from "./option-kinds";

/** A part of an image, in its pixels from the upper left corner; may have fractions, and may reach beyond the image. */
export interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The option that names a part of an image. */
export const aRectangle: OptionKind = {
  takes: (value) => {
    const { left, top, width, height } = (value ?? {}) as Partial<Rectangle>;
    return [left, top, width, height].every(Number.isFinite) && (width as number) > 0 && (height as number) > 0;
  },
  expected: "a part of the image in pixels, such as { left: 75, top: 0, width: 300, height: 300 }",
};
