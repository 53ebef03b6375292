/** Hides what stands for a panel (`Still`) while the panel, an element of that class in the next output, lives; for its style. */
export function hidesStill(panelClass: string): string {
  return `.jp-OutputArea-child:has(.vitlab-still):has(+ .jp-OutputArea-child .${panelClass}) { display: none; }`;
}
