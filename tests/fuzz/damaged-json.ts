import fc from "fast-check";
import { hostileTexts } from "../support/hostile-texts";

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** JSON that is put together as text, since no value has a field twice, or is nested without end. */
type Tree = { text: string } | { items: Tree[] } | { fields: [name: string, value: Tree][] };

const SIMPLE = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1",
  "-1",
  "2",
  "0.5",
  "7.5",
  "1e-320",
  "100000",
  "2147483648",
  "4294967296",
  "9007199254740991",
  "9007199254740993",
  "-9007199254740991",
  "1e15",
  "1e308",
  "-1e308",
  "1e999",
  "-1e999",
  "[]",
  "{}",
  "[null]",
  "[{}]",
  "[[1,2],[3]]",
  "[1,2]",
  "[-1,1e999]",
  '"NaN"',
  '"1e999"',
  '"12"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"constructor":{"name":{"toString":1}}}',
  '{"toString":1,"valueOf":null}',
  '[{"toString":1}]',
  '{"length":4294967295}',
  '{"length":-1,"0":1}',
  '{"then":1}',
  '{"toJSON":1}',
  ...hostileTexts.map((text) => JSON.stringify(text)),
];
/** Each of them is slow to make. */
const LARGE = [
  nested(30, "[", "]"),
  nested(300, '{"a":', "}"),
  nested(12_000, "[", "]"),
  nested(12_000, '{"a":', "}"),
  JSON.stringify("x".repeat(50_000)),
  `[${new Array(5_000).fill("0").join()}]`,
  `[${new Array(3_000).fill('"x"').join()}]`,
  `{${Array.from({ length: 1_000 }, (_, i) => `"${i}":${i}`).join()}}`,
];
const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length", "then", "", "0", "é"];

const leaf = fc.oneof(
  { arbitrary: fc.constantFrom(...SIMPLE), weight: 60 },
  { arbitrary: fc.double().map((number) => JSON.stringify(number)), weight: 5 },
  { arbitrary: fc.integer().map(String), weight: 5 },
  { arbitrary: fc.json({ maxDepth: 2 }), weight: 5 },
  { arbitrary: fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)), weight: 5 },
  { arbitrary: fc.constantFrom(...LARGE), weight: 1 },
);
const name = fc.oneof(fc.constantFrom(...NAMES, ...hostileTexts), fc.string());

type Edit = readonly [kind: number, place: number, text: string, name: string];

const edit: fc.Arbitrary<Edit> = fc.tuple(fc.nat(11), fc.nat(0xffff), leaf, name);

/**
 * Texts of JSON that had a meaning, with values replaced, removed, doubled, renamed or nested; of some a piece is missing,
 * or stands twice. With no edit they are as they were.
 */
export function damagedJson(whole: fc.Arbitrary<Json>): fc.Arbitrary<string> {
  const edited = editedJson(whole);
  const cut = fc
    .tuple(
      edited,
      fc.nat(0xffff),
      fc.nat(40),
      fc.constantFrom("", ",", "}", "]", '"', "[", "\\", "\n", "\ufeff", "\u0000"),
    )
    .map(([text, at, size, between]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + between + text.slice(start + size);
    });
  return fc.oneof({ arbitrary: edited, weight: 12 }, { arbitrary: cut, weight: 2 }, { arbitrary: leaf, weight: 1 });
}

/** The same, of texts that are JSON still: for those who get its value. */
export function editedJson(whole: fc.Arbitrary<Json>): fc.Arbitrary<string> {
  return fc
    .tuple(whole, fc.array(edit, { maxLength: 4, size: "max" }))
    .map(([value, edits]) => writeTree(edits.reduce(editTree, treeOf(value))));
}

function treeOf(value: Json): Tree {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value !== "object" || value === null) return { text: JSON.stringify(value) };
  return { fields: Object.entries(value).map(([name, inner]) => [name, treeOf(inner as Json)]) };
}

function writeTree(tree: Tree): string {
  if ("text" in tree) return tree.text;
  if ("items" in tree) return `[${tree.items.map(writeTree).join()}]`;
  return `{${tree.fields.map(([name, value]) => `${JSON.stringify(name)}:${writeTree(value)}`).join()}}`;
}

/** Where a tree has a value: the tree itself, or a place of one inside of it. */
interface Place {
  tree: Tree;
  holder?: Tree;
  index: number;
}

/** Makes one change; the tree is used up by it. */
function editTree(root: Tree, [kind, place, text, name]: Edit): Tree {
  const places = placesIn(root);
  const { tree, holder, index } = places[place % places.length] as Place;
  const leaf: Tree = { text };
  if (!holder) {
    // The whole is replaced seldom: nothing of what it was is left to go wrong.
    if ("fields" in root) root.fields.push([name, leaf]);
    else if ("items" in root) root.items.push(leaf);
    else return leaf;
    return root;
  }
  const put = (value: Tree) => {
    if ("items" in holder) holder.items[index] = value;
    else if ("fields" in holder) (holder.fields[index] as [string, Tree])[1] = value;
  };
  const list: unknown[] = "items" in holder ? holder.items : "fields" in holder ? holder.fields : [];
  switch (kind) {
    case 0:
      list.splice(index, 1);
      break;
    case 1:
      if ("items" in holder) holder.items.splice(index, 0, tree);
      else if ("fields" in holder) holder.fields.splice(index, 0, [(holder.fields[index] as [string, Tree])[0], leaf]);
      break;
    case 2:
      if ("fields" in holder) (holder.fields[index] as [string, Tree])[0] = name;
      break;
    case 3:
      if ("fields" in holder) holder.fields.push([name, leaf]);
      else if ("items" in holder) holder.items.push(leaf);
      break;
    case 4:
      put({ items: [tree] });
      break;
    case 5:
      put({ fields: [[name, tree]] });
      break;
    case 6: {
      // Of another place; copied as text, since a tree in itself would have no end.
      const other = places[(place >> 3) % places.length] as Place;
      const copy = writeTree(other.tree);
      if (copy.length < 2_000) put({ text: copy });
      break;
    }
    default:
      put(leaf);
  }
  return root;
}

function placesIn(root: Tree): Place[] {
  const places: Place[] = [{ tree: root, index: 0 }];
  for (const { tree } of places) {
    const inner = "items" in tree ? tree.items : "fields" in tree ? tree.fields.map(([, value]) => value) : [];
    for (const [index, value] of inner.entries()) places.push({ tree: value, holder: tree, index });
  }
  return places;
}

function nested(depth: number, open: string, close: string): string {
  return open.repeat(depth) + (open === "[" ? "" : "0") + close.repeat(depth);
}
