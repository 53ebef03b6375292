/** By what cells have their own import(), and the kernel knows what an import stands for. */
const OWN = ["vm.USE_MAIN_CONTEXT_DEFAULT_LOADER", "import-meta-resolve.mjs"];

/** Keeps Node.js from warning of what it calls experimental and the kernel uses, not the cell. */
export function silenceLoaderWarning(): void {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (OWN.some((name) => String(warning).includes(name))) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
}
