import { control } from "./control";
import { BASE } from "./names";
import { optionalText, type Trait } from "./traits";

const PROPERTIES = [
  ["width", "height", "minWidth", "minHeight", "maxWidth", "maxHeight", "margin", "padding", "overflow"],
  ["borderTop", "borderRight", "borderBottom", "borderLeft", "display", "visibility", "order"],
  ["top", "right", "bottom", "left", "objectFit", "objectPosition"],
  ["flex", "flexFlow", "alignContent", "alignItems", "alignSelf", "justifyContent", "justifyItems"],
  ["gridArea", "gridAutoColumns", "gridAutoFlow", "gridAutoRows", "gridColumn", "gridGap", "gridRow"],
  ["gridTemplateAreas", "gridTemplateColumns", "gridTemplateRows"],
] as const;

/** A property of CSS that a layout has. */
export type LayoutProperty = (typeof PROPERTIES)[number][number];

const kind = {
  name: "Layout",
  names: { ...BASE, model: "LayoutModel", view: "LayoutView" },
  traits: Object.fromEntries(PROPERTIES.flat().map((name) => [name, optionalText()])) as Readonly<
    Record<LayoutProperty, Trait<string | null>>
  >,
  parts: {},
};

/** Where a widget stands and how large it is, by properties of CSS: `new widgets.IntSlider({ layout: { width: "300px" } })`. */
export class Layout extends control(kind) {}
