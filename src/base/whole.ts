/** A whole number as people read it: "12,345". */
export function whole(count: number): string {
  return count.toLocaleString("en-US");
}
