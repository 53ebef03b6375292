/** A share of 1 as per cent; a dash where there is nothing to share. */
export function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}
