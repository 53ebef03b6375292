import type { Random } from "../../base/random";
import type { Color } from "./color";
import type { Pen } from "./pen";

/** Colors of one image, drawn from the same palette whatever the class. */
interface Colors {
  body: Color;
  /** Stands out from the body. */
  accent: Color;
  /** Line around the body. */
  outline: Color;
  /** Line around what is in the accent color. */
  accentOutline: Color;
}

/** Draws one thing within -1 to 1 and marks its parts. */
export type Drawing = (pen: Pen, random: Random, colors: Colors) => void;

export const DARK: Color = [28, 24, 32];
export const WHITE: Color = [250, 250, 246];
export const PINK: Color = [236, 142, 150];
