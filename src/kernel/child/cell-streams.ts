import { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { currentContext } from "./context";
import { writeText } from "./write-text";

type Written = (error?: Error | null) => void;

/** Has process.stdout and process.stderr, and so console.log, print under the cell that writes. */
export function streamToCells(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder();
    const write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Written, written?: Written): boolean => {
      const text = typeof chunk === "string" ? recoded(chunk, encoding) : decoder.write(Buffer.from(chunk));
      if (text !== "") writeText(currentContext(), name, text);
      const callback = typeof encoding === "function" ? encoding : written;
      if (callback) process.nextTick(callback);
      return true;
    };
    Object.assign(process[name], { write, isTTY: false, columns: 80, rows: 24 });
  }
  let stdin: Readable | undefined;
  const get = () => (stdin ??= Object.assign(nothingToRead(), { fd: 0, isTTY: false }));
  Object.defineProperty(process, "stdin", { configurable: true, enumerable: true, get });
}

/** A notebook has no terminal: who reads from it learns how to ask instead. */
function nothingToRead(): Readable {
  return new Readable({
    read() {
      process.stderr.write(
        'Nothing can be read from process.stdin in a notebook: ask with `await input("Your name? ")` instead.\n',
      );
      this.push(null);
    },
  });
}

function recoded(text: string, encoding: BufferEncoding | Written | undefined): string {
  const binary = encoding === "hex" || encoding === "base64" || encoding === "base64url" || encoding === "latin1";
  return binary ? Buffer.from(text, encoding).toString() : text;
}
