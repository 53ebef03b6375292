/** Keeps `data-theme` of an element "dark" or "light", as the page around it is; returns what ends that. */
export function followTheme(root: HTMLElement): () => void {
  const system = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  const follow = () => {
    root.dataset.theme = isDark(system?.matches ?? false) ? "dark" : "light";
  };
  follow();
  system?.addEventListener("change", follow);
  const observer = new MutationObserver(follow);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"],
  });
  return () => {
    system?.removeEventListener("change", follow);
    observer.disconnect();
  };
}

/** JupyterLab and VS Code say what they are; elsewhere the system does. */
function isDark(system: boolean): boolean {
  const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
  if (jpThemeLight !== undefined) return jpThemeLight === "false";
  if (vscodeThemeKind !== undefined) return /dark|high-contrast$/.test(vscodeThemeKind);
  return system;
}
