/** Names in one line, however many there are. */
export function fewNames(names: readonly string[], most = 20): string {
  const more = names.length > most ? ` and ${(names.length - most).toLocaleString("en-US")} more` : "";
  return names.slice(0, most).join(", ") + more;
}

/** Whether two lists hold the same names in the same order. */
export function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

/** The first name that a list holds twice. */
export function repeatedName(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** Names that several classes share are told apart by the class's number: ImageNet has two cranes. */
export function distinctNames(names: readonly string[]): string[] {
  const count = new Map<string, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  return names.map((name, i) => (count.get(name) === 1 ? name : `${name} (class ${i})`));
}

/** One name for each of so many classes: `class 7` where the list ends before. */
export function nameEach(names: readonly string[], classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => names[i] ?? `class ${i}`);
}
