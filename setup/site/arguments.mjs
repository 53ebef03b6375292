import { join, resolve } from "node:path";
import { SetupError } from "../setup-error.mjs";

/** What `npm run site` is asked for: `{ out }`, the folder to write; `site/` of the project where none is given. */
export function siteArguments(args, root, from = process.env.INIT_CWD ?? process.cwd()) {
  const [option, folder, ...more] = args[0]?.startsWith("--out=")
    ? ["--out", args[0].slice("--out=".length), ...args.slice(1)]
    : args;
  if (option === undefined) return { out: join(root, "site") };
  if (option !== "--out" || more.length > 0)
    throw new SetupError(`npm run site knows no ${option === "--out" ? more[0] : option}: it knows --out DIR`);
  if (!folder) throw new SetupError("--out names no folder: give one, such as --out pages");
  return { out: resolve(from, folder) };
}
