import { control } from "./control";
import { Layout } from "./layout";
import { controlNames } from "./names";
import { HTMLStyle, ProgressStyle } from "./styles";
import { choice, DESCRIBED, SHOWN, type Trait, text, whole, words } from "./traits";
import { withinBounds } from "./within-bounds";

/** How far something has come. */
export class IntProgress extends control({
  name: "IntProgress",
  names: controlNames("IntProgress", "Progress"),
  traits: {
    value: whole(0),
    min: whole(0),
    max: whole(100),
    ...DESCRIBED,
    orientation: choice("horizontal", "vertical"),
    barStyle: choice("", "success", "info", "warning", "danger"),
  },
  parts: { layout: Layout, style: ProgressStyle },
  agree: withinBounds(),
}) {}

/** Text with marks of HTML. */
export class HTML extends control({
  name: "HTML",
  names: controlNames("HTML"),
  traits: { value: words(""), placeholder: words("\u200b"), ...DESCRIBED },
  parts: { layout: Layout, style: HTMLStyle },
}) {}

const someBytes: Trait<Uint8Array> = {
  takes: (value) => value instanceof Uint8Array,
  expected: "the bytes of a picture's file, such as await figure.png()",
  first: new Uint8Array(),
};

/** A length in pixels. */
function pixels(): Trait<string | number> {
  return {
    takes: (value) => typeof value === "string" || (Number.isFinite(value) && (value as number) >= 0),
    expected: "a number of pixels",
    first: "",
    write: String,
  };
}

/** A picture, by the bytes of its file: `new widgets.Image({ value: await figure.png() })`. */
export class Image extends control({
  name: "Image",
  names: controlNames("Image"),
  traits: { value: someBytes, format: text("png"), width: pixels(), height: pixels(), ...SHOWN },
  parts: { layout: Layout },
}) {}
