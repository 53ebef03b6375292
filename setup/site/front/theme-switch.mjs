const KEY = "vitlab-theme";

/** Makes a button change between light and dark, which is remembered until it is what the system says. */
export function themeSwitch(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const systems = () => (system.matches ? "dark" : "light");
  const { dataset } = document.documentElement;
  const show = (theme) => {
    dataset.theme = theme;
    // JupyterLab's own word for it, which the figures' renderer follows.
    document.body.dataset.jpThemeName = theme;
    document.dispatchEvent(new Event("vitlab-theme"));
  };
  show(dataset.theme);
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = dataset.theme === "dark" ? "light" : "dark";
    remember(theme === systems() ? null : theme);
    show(theme);
  });
  system.addEventListener("change", () => {
    if (remembered() === null) show(systems());
  });
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Where the browser keeps nothing, the choice holds for the page. */
function remember(theme) {
  try {
    if (theme === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {}
}
