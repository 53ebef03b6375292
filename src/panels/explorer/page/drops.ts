/** Takes the first file that is dropped anywhere on the page, where nothing in it took it; else the browser would leave for it. */
export function takeDrops(take: (file: Blob, name: string) => void): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) take(file, file.name);
  });
}
