import type { MimeBundle } from "../../jupyter";
import { base64 } from "./image";
import { inspectText, reason } from "./inspect-text";
import { type Presentation, presentation } from "./presentation";

/** Deno's name of the method that returns a MIME bundle. */
const DISPLAY = Symbol.for("Jupyter.display");

/** IPython's names of methods that return one format. */
const FORMATS = [
  ["_repr_html_", "text/html"],
  ["_repr_svg_", "image/svg+xml"],
  ["_repr_png_", "image/png"],
  ["_repr_jpeg_", "image/jpeg"],
  ["_repr_markdown_", "text/markdown"],
  ["_repr_latex_", "text/latex"],
  ["_repr_json_", "application/json"],
  ["_repr_javascript_", "application/javascript"],
] as const;

/** IPython asks for this first: an object that has it has a method of any name, and none of them means anything. */
const CANARY = "_ipython_canary_method_should_not_exist_";

type Method = () => unknown;

/** What a value's own display methods return; null when it has none. Never throws or rejects: a method that fails is told of in the text. */
export function ownPresentation(value: unknown): Presentation | null | Promise<Presentation | null> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return null;
  if (method(value, CANARY)) return null;
  const display = method(value, DISPLAY);
  if (display)
    return settle(
      display,
      (bundle) => (isRecord(bundle) ? presentation(sendable(bundle)) : fromMethods(value)),
      (error) => failed(value, "[Symbol.for('Jupyter.display')]", error),
    );
  return fromMethods(value);
}

/** A bundle that can be sent as JSON: bytes become base64, and what can't be sent is left out and told of. */
export function sendable(bundle: Readonly<Record<string, unknown>>): MimeBundle {
  const data: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [type, content] of Object.entries(bundle)) {
    if (content === undefined || content === null) continue;
    if (content instanceof Uint8Array) data[type] = base64(content);
    else if (typeof content === "string") data[type] = content;
    else
      try {
        if (JSON.stringify(content) !== undefined) data[type] = content;
      } catch (error) {
        problems.push(`${type} left out: ${reason(error)}`);
      }
  }
  if (problems.length > 0) data["text/plain"] = [data["text/plain"], ...problems].filter(Boolean).join("\n");
  return data;
}

function fromMethods(value: object): Presentation | null | Promise<Presentation | null> {
  const found: { name: string; type: string | null; call: Method }[] = [];
  const bundle = method(value, "_repr_mimebundle_");
  if (bundle) found.push({ name: "_repr_mimebundle_", type: null, call: bundle });
  for (const [name, type] of FORMATS) {
    const call = method(value, name);
    if (call) found.push({ name, type, call });
  }
  if (found.length === 0) return null;

  const data: Record<string, unknown> = {};
  const metadata: Record<string, unknown> = {};
  const problems: string[] = [];
  const add = (type: string | null, result: unknown) => {
    // IPython lets every method return a pair of data and metadata.
    const [content, about] = Array.isArray(result) && result.length === 2 ? result : [result, undefined];
    if (content === undefined || content === null) return;
    if (type === null) {
      if (isRecord(content)) Object.assign(data, content);
      if (isRecord(about)) Object.assign(metadata, about);
    } else if (!(type in data)) {
      data[type] = content;
      if (isRecord(about)) metadata[type] = about;
    }
  };
  const end = (): Presentation | null => {
    if (Object.keys(data).length === 0 && problems.length === 0) return null;
    const text = "text/plain" in data ? data["text/plain"] : inspectText(value);
    return { data: sendable({ ...data, "text/plain": [text, ...problems].join("\n") }), metadata };
  };
  const step = (at: number): Presentation | null | Promise<Presentation | null> => {
    const one = found[at];
    if (!one) return end();
    return settle(
      one.call,
      (result) => {
        add(one.type, result);
        return step(at + 1);
      },
      (error) => {
        problems.push(failure(one.name, error));
        return step(at + 1);
      },
    );
  };
  return step(0);
}

/** Calls a function that may return a promise, and goes on at once where it doesn't. */
function settle<T>(
  call: Method,
  done: (value: unknown) => T | Promise<T>,
  fail: (error: unknown) => T | Promise<T>,
): T | Promise<T> {
  let result: unknown;
  try {
    result = call();
    if (isThenable(result)) return Promise.resolve(result).then(done, fail);
  } catch (error) {
    return fail(error);
  }
  return done(result);
}

function method(value: object, name: string | symbol): Method | null {
  try {
    const found = (value as Record<string | symbol, unknown>)[name];
    return typeof found === "function" ? () => found.call(value) : null;
  } catch {
    return null;
  }
}

function failed(value: object, name: string, error: unknown): Presentation {
  return presentation({ "text/plain": `${inspectText(value)}\n${failure(name, error)}` });
}

function failure(name: string, error: unknown): string {
  return `(${name} failed: ${reason(error)})`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isThenable(value: unknown): boolean {
  return isRecord(value) && typeof value.then === "function";
}
