/** How many classes are named one by one. */
const MOST_NAMED = 8;

/** "class 3", "classes 3, 5 of the images in turn". */
export function classesInWords(classes: readonly number[]): string {
  const kinds = [...new Set(classes)];
  if (kinds.length === 1) return `class ${kinds[0]}`;
  if (classes.length > MOST_NAMED) return "each image's class";
  return `classes ${classes.join(", ")} of the images in turn`;
}
