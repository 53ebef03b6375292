// A process of `runExamples`: runs the modules that it is sent, one after the other.

import { createRequire } from "node:module";
import net from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../paths.mjs";

const { useEngine } = createRequire(import.meta.url)(join(root, "dist", "index.js"));

net.Socket.prototype.connect = () => {
  throw new Error("an example must not need the network");
};

process.on("message", async ({ file, cwd }) => {
  // The one before may have chosen another.
  await useEngine(undefined, { quiet: true });
  process.chdir(cwd);
  const written = [];
  const { write } = process.stdout;
  process.stdout.write = (text) => written.push(text) > 0;
  let thrown;
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    thrown = { text: String(error), stack: error?.stack ?? "" };
  } finally {
    process.stdout.write = write;
  }
  const printed = written.join("").replace(/\n$/, "").split("\n");
  process.send({ printed: written.length === 0 ? [] : printed, thrown });
});
