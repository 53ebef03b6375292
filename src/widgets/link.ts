import { isDeepStrictEqual } from "node:util";
import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { Control } from "./controls/control";
import { CONTROLS } from "./controls/names";
import { Widget } from "./widget";

/** A value of a widget, by its name: `[block, "value"]`. */
export type Linked<State extends object> = readonly [Widget<State>, keyof State & string];

/**
 * Keeps two values the same: the second one becomes the first one at once, and then each follows the other. It is done in
 * the kernel, where each is checked; returns a function that ends it.
 *
 * @throws VitlabError when one of them isn't a widget with that value, or can't be what the other is.
 */
export function link<A extends object, B extends object>(source: Linked<A>, target: Linked<B>): () => void {
  checkLinked("link", source);
  checkLinked("link", target);
  copy(source, target);
  const ends = [follow(source, target), follow(target, source)];
  return () => {
    for (const end of ends) end();
  };
}

/**
 * Keeps two values the same in the page, without the kernel: they follow each other while a cell computes as well. Returns
 * a function that ends it.
 *
 * @throws VitlabError when one of them isn't a widget of `widgets` with that value.
 */
export function jslink<A extends object, B extends object>(source: Linked<A>, target: Linked<B>): () => void {
  const ends = { source: inPage(source), target: inPage(target) };
  const model = new Widget({ ...CONTROLS, model: "LinkModel" }, ends);
  return () => model.close();
}

function follow<A extends object, B extends object>(source: Linked<A>, target: Linked<B>): () => void {
  return source[0].on(source[1], () => copy(source, target));
}

function copy<A extends object, B extends object>([source, from]: Linked<A>, [target, to]: Linked<B>): void {
  const value: unknown = source.get(from);
  if (!isDeepStrictEqual(target.get(to), value)) target.set({ [to]: value } as Partial<B>);
}

function inPage<State extends object>(linked: Linked<State>): readonly [string, string] {
  checkLinked("jslink", linked);
  const [widget, name] = linked;
  const wire = widget instanceof Control ? widget.wireName(name) : name;
  if (wire === undefined)
    throw new VitlabError(
      `jslink: the page doesn't know the ${name} of ${nameOf(widget)}: link them in the kernel, by link`,
    );
  return [widget.reference, wire];
}

function checkLinked(what: string, linked: unknown): void {
  const [widget, name] = Array.isArray(linked) ? (linked as unknown[]) : [];
  if (!(widget instanceof Widget) || typeof name !== "string")
    throw new VitlabError(
      `${what} got ${show(linked)}: give a widget and the name of its value, such as [block, "value"]`,
    );
  if (widget.get(name) === undefined)
    throw new VitlabError(`${what}: ${nameOf(widget)} has no ${name}: give the name of a value that it has`);
}

function nameOf(widget: { toString(): string }): string {
  return widget.toString().replace(/\(.*/s, "");
}
