import { parseArgs } from "node:util";
import { SetupError } from "../setup-error.mjs";

/** The Node.js releases that vitlab is tested on: the oldest line that is supported, and the newest of each later one that npm has for Linux. */
export const versions = { 20: "20.19.6", 22: "22.23.5", 24: "24.22.3", 26: "26.12.1" };

export const usage = "npm run test:nodes -- [--only 20,22,24,26] [--parts package,kernel,fit,notebooks]";

export const parts = ["package", "kernel", "fit", "notebooks"];

/** Which lines of Node.js and which parts the command line asks for; all where it names none. Throws, with the usage. */
export function nodesRun(args) {
  try {
    const { values } = parseArgs({ args, options: { only: { type: "string" }, parts: { type: "string" } } });
    return {
      majors: chosen(values.only, Object.keys(versions), "--only"),
      parts: chosen(values.parts, parts, "--parts"),
    };
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}`);
  }
}

function chosen(list, all, option) {
  const names = list?.split(",") ?? all;
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`${option} has no ${unknown}, it has ${all.join(", ")}`);
  return names;
}
