/** Speaks with the page around the explorer's, where there is one: tells it the height, takes its theme. */
export function speakWithEmbedder(): void {
  if (window.parent === window) return;
  const { documentElement, body } = document;
  addEventListener("message", ({ source, data }) => {
    const theme: unknown = source === window.parent ? data?.vitlabTheme : undefined;
    if (theme !== "light" && theme !== "dark") return;
    documentElement.style.colorScheme = theme;
    // As JupyterLab says it, which the explorer follows.
    body.dataset.jpThemeLight = `${theme === "light"}`;
  });
  // The frame is its edge.
  body.style.margin = "0";
  const tell = () => window.parent.postMessage({ vitlabHeight: documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(documentElement);
}
