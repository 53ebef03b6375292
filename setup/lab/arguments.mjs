/**
 * The arguments of JupyterLab: ours first, and only where the user's own (`given`) don't speak of the same thing.
 * `page` is the file to open, as a path below `root`.
 */
export function labArguments({ given, root, page, uid, display }) {
  const settings = {
    "--ServerApp.root_dir": root,
    "--LabApp.default_url": page ? `/lab/tree/${page}` : "/lab",
    // Beside notebooks the sources are worth opening; these are not.
    "--ContentsManager.hide_globs": '["node_modules", "dist", "__pycache__", "*.pyc"]',
    // A kernel in an endless loop can't answer a polite request: kill it soon.
    "--KernelManager.shutdown_wait_time": "2",
  };
  const taken = (name) => given.some((argument) => argument === name || argument.startsWith(`${name}=`));
  const opensSomething = given.some((argument, index) => isPath(argument, given[index - 1]));
  const other = {
    "--ServerApp.root_dir": ["--notebook-dir", "--root-dir"],
    "--LabApp.default_url": ["--ServerApp.default_url"],
  };
  const ours = Object.entries(settings)
    .filter(([name]) => ![name, ...(other[name] ?? [])].some(taken))
    .filter(([name]) => !(name === "--LabApp.default_url" && opensSomething))
    .map(([name, value]) => `${name}=${value}`);
  if (uid === 0 && !taken("--allow-root")) ours.push("--allow-root");
  if (!display && !taken("--no-browser") && !taken("--browser")) ours.push("--no-browser");
  return [...ours, ...given];
}

function isPath(argument, before) {
  return !argument.startsWith("-") && !(before?.startsWith("-") && !before.includes("="));
}

/** Whether a browser can be opened from here: never without a screen, nor for a program. */
export function hasDisplay(env = process.env, platform = process.platform) {
  if (env.CI) return false;
  return platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}
