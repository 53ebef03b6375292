/**
 * Keeps the keys of an element within a notebook from the notebook's own commands: Enter edits a cell there, D deletes one.
 * What is pressed with Ctrl or Command stays the notebook's, as Ctrl+S, but for what the element `takes`.
 *
 * @returns what ends it
 */
export function ownKeys(root: HTMLElement, takes: (event: KeyboardEvent) => boolean = () => false): () => void {
  const isOwn = (event: KeyboardEvent) => !(event.ctrlKey || event.metaKey) || takes(event);
  // JupyterLab listens at the document before anybody inside of it, and passes over what has this attribute.
  const before = (event: KeyboardEvent) => {
    if (isOwn(event)) root.setAttribute("data-lm-suppress-shortcuts", "true");
    else root.removeAttribute("data-lm-suppress-shortcuts");
  };
  const after = (event: KeyboardEvent) => {
    if (isOwn(event)) event.stopPropagation();
  };
  window.addEventListener("keydown", before, true);
  root.addEventListener("keydown", after);
  return () => {
    window.removeEventListener("keydown", before, true);
    root.removeEventListener("keydown", after);
  };
}
