// A process of `runExamples`: runs the modules that it is sent, one after the other.

import { createRequire } from "node:module";
import net from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
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
  const note = (error) => {
    thrown ??= { text: String(error), stack: error?.stack ?? "" };
  };
  // What it throws beside its own course, from a timer or a promise that nobody awaits.
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
  try {
    await import(pathToFileURL(file).href);
    await setTimeout(5);
  } catch (error) {
    note(error);
  } finally {
    process.stdout.write = write;
    process.off("uncaughtException", note);
    process.off("unhandledRejection", note);
  }
  const printed = written.join("").replace(/\n$/, "").split("\n");
  process.send({ printed: written.length === 0 ? [] : printed, thrown });
});
