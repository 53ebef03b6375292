/** Keeps Node.js from warning of the option by which cells have its own import(): it is the kernel's, not the cell's. */
export function silenceLoaderWarning(): void {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes("vm.USE_MAIN_CONTEXT_DEFAULT_LOADER")) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
}
