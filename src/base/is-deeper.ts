/** Whether objects and lists are nested more than so many deep: what JSON.parse reads without end, few others can walk through. */
export function isDeeper(value: unknown, most: number): boolean {
  if (value === null || typeof value !== "object") return false;
  return most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1));
}
