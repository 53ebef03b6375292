/** Has the explorers in a page follow its theme, and gives each the height that it asks for. */
export function followExplorers(frames) {
  const tell = (frame) =>
    frame.contentWindow?.postMessage({ vitlabTheme: document.documentElement.dataset.theme }, "*");
  document.addEventListener("vitlab-theme", () => frames.forEach(tell));
  addEventListener("message", ({ source, data }) => {
    const frame = [...frames].find(({ contentWindow }) => contentWindow === source);
    const height = data?.vitlabHeight;
    if (!frame || !Number.isFinite(height)) return;
    frame.style.height = `${Math.ceil(height)}px`;
    // It speaks as soon as it listens.
    tell(frame);
  });
}
