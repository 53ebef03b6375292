/** Defines globals that cells use and nobody meets who lists the global object. */
export function defineGlobals(globals: object): void {
  for (const key of Reflect.ownKeys(globals)) {
    const value = Reflect.get(globals, key);
    Object.defineProperty(globalThis, key, { value, writable: true, configurable: true, enumerable: false });
  }
}
