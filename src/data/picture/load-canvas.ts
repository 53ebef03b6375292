/** Loads the canvas that decodes pictures, only where one is read: it takes a tenth of a second, as a CommonJS module half of it. */
export async function loadCanvas(): Promise<typeof import("@napi-rs/canvas")> {
  return require("@napi-rs/canvas") as typeof import("@napi-rs/canvas");
}
