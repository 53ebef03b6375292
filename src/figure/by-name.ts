import { show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { inLanguage, isWords, type Words } from "../base/language";

/**
 * Things with their names: those of an object by its keys, those of a list by the `name` that each has.
 *
 * @param what the function, as readers call it
 * @param noun what each is called
 * @throws VitlabError when one of a list has no name, or that of another.
 */
export function byName<One>(
  what: string,
  noun: string,
  things: Readonly<Record<string, One>> | readonly (One & { name: Words })[],
): [string, One][] {
  if (!Array.isArray(things)) return Object.entries(things as Readonly<Record<string, One>>);
  const names = new Set<string>();
  return (things as readonly (One & { name: Words })[]).map((thing, index) => {
    const { name, ...rest } = (thing ?? {}) as One & { name: Words };
    if (!isWords(name))
      throw new VitlabError(
        `${what}: ${noun} ${index} of the list has the name ${show(name)}: give each its name, as in [{ name: "first", … }]`,
      );
    const told = inLanguage(name);
    if (names.has(told))
      throw new VitlabError(`${what}: two ${noun}s are named ${show(told)}: give each a name of its own`);
    names.add(told);
    return [told, rest as One];
  });
}
