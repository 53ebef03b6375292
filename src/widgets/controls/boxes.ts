import { Widget } from "../widget";
import { type Correction, control } from "./control";
import { Layout } from "./layout";
import { controlNames } from "./names";
import { choice, SHOWN, type Trait, wordsOfMany } from "./traits";

type Child = Pick<Widget<object>, "reference" | "close" | "toString">;

const BOX = {
  children: {
    takes: (value) => Array.isArray(value) && value.every((child) => child instanceof Widget),
    expected: "a list of widgets, such as [new widgets.Checkbox(), new widgets.Text()]",
    first: [],
    write: (children) => children.map(({ reference }) => reference),
    read: () => undefined,
  } as Trait<readonly Child[]>,
  boxStyle: choice("", "success", "info", "warning", "danger"),
  ...SHOWN,
};

const PARTS = { layout: Layout };
const HBoxBase = control({ name: "HBox", names: controlNames("HBox"), traits: BOX, parts: PARTS });
const VBoxBase = control({ name: "VBox", names: controlNames("VBox"), traits: BOX, parts: PARTS });
const GridBoxBase = control({ name: "GridBox", names: controlNames("GridBox"), traits: BOX, parts: PARTS });

type BoxOptions = Omit<NonNullable<ConstructorParameters<typeof HBoxBase>[0]>, "children">;

/** Widgets side by side: `new widgets.HBox([block, fusion])`. */
export class HBox extends HBoxBase {
  constructor(children: readonly Child[] = [], options: BoxOptions = {}) {
    super({ ...options, children });
  }

  override toString(): string {
    return `HBox(${this.children.join(", ")})`;
  }
}

/** Widgets one below the other. */
export class VBox extends VBoxBase {
  constructor(children: readonly Child[] = [], options: BoxOptions = {}) {
    super({ ...options, children });
  }

  override toString(): string {
    return `VBox(${this.children.join(", ")})`;
  }
}

/** Widgets in rows and columns: `new widgets.GridBox([a, b, c, d], { layout: { gridTemplateColumns: "1fr 1fr" } })`. */
export class GridBox extends GridBoxBase {
  constructor(children: readonly Child[] = [], options: BoxOptions = {}) {
    super({ ...options, children });
  }

  override toString(): string {
    return `GridBox(${this.children.join(", ")})`;
  }
}

const PAGES = {
  /** What is written over each page. */
  titles: wordsOfMany(),
  /** The page that is open, null for none. */
  selectedIndex: {
    takes: (value) => value === null || (Number.isSafeInteger(value) && (value as number) >= 0),
    expected: "the number of a page, from 0, or null for none",
    first: null,
  } as Trait<number | null>,
  ...BOX,
};

interface Pages {
  children: readonly Child[];
  titles: readonly string[];
  selectedIndex: number | null;
}

/** A title for each page, and a page that is there. */
function fittingPages({ children, titles, selectedIndex }: Pages): Correction[] {
  const count = children.length;
  const found: Correction[] = [];
  if (titles.length > count)
    found.push({ name: "titles", value: titles.slice(0, count), expected: `a title for each of ${count} pages` });
  if (titles.length < count)
    found.push({ name: "titles", value: [...titles, ...Array(count - titles.length).fill("")] });
  if (selectedIndex !== null && selectedIndex >= count) {
    const expected = count === 0 ? "null, there are no pages" : `a number from 0 to ${count - 1}`;
    found.push({ name: "selectedIndex", value: count === 0 ? null : count - 1, expected });
  }
  return found;
}

const TabBase = control({
  name: "Tab",
  names: controlNames("Tab"),
  traits: PAGES,
  parts: PARTS,
  agree(next, asked) {
    const found = fittingPages(next);
    const isOpen = next.selectedIndex !== null || "selectedIndex" in asked || next.children.length === 0;
    // Of new pages the first one is open.
    return isOpen ? found : [...found, { name: "selectedIndex", value: 0 }];
  },
});
const AccordionBase = control({
  name: "Accordion",
  names: controlNames("Accordion"),
  traits: PAGES,
  parts: PARTS,
  agree: fittingPages,
});

type PagesOptions = Omit<NonNullable<ConstructorParameters<typeof TabBase>[0]>, "children">;

/** Pages of which one is seen, with their titles in a row: `new widgets.Tab([a, b], { titles: ["one", "two"] })`. */
export class Tab extends TabBase {
  constructor(children: readonly Child[] = [], options: PagesOptions = {}) {
    super({ ...options, children });
  }

  override toString(): string {
    return `Tab(${this.children.join(", ")})`;
  }
}

/** Pages below their titles, which open and close. */
export class Accordion extends AccordionBase {
  constructor(children: readonly Child[] = [], options: PagesOptions = {}) {
    super({ ...options, children });
  }

  override toString(): string {
    return `Accordion(${this.children.join(", ")})`;
  }
}
