import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { SetupError } from "../setup-error.mjs";

const options = ["--check", "--with-data"];

/**
 * What `npm run notebooks` is asked for: `{ files, check, withData }`. A name is a file name or the beginning of one
 * (`03`); none means all of the project's own, whose names begin with a number: others are the reader's. With CIFAR-10
 * nothing is written, so that none of its pictures gets into the repository.
 */
export function notebookRun(args, folder) {
  const unknown = args.find((argument) => argument.startsWith("-") && !options.includes(argument));
  if (unknown) throw new SetupError(`npm run notebooks knows no option ${unknown}: it knows ${options.join(" and ")}`);
  const withData = args.includes("--with-data");
  const names = args.filter((argument) => !argument.startsWith("-"));
  const all = existsSync(folder) ? notebooksIn(folder) : [];
  const files =
    names.length === 0
      ? all.filter((file) => /^\d\d-/.test(basename(file)))
      : names.flatMap((name) => matching(name, all, folder));
  if (files.length === 0) throw new SetupError(`there is no notebook in ${folder}`);
  return { files: [...new Set(files)], check: withData || args.includes("--check"), withData };
}

function matching(name, all, folder) {
  if (name.endsWith(".ipynb") && existsSync(name)) return [name];
  const found = all.filter((file) => basename(file).startsWith(basename(name)));
  if (found.length > 0) return found;
  throw new SetupError(
    `no notebook in ${folder} begins with "${name}": there are ${all.map((file) => basename(file)).join(", ")}`,
  );
}

function notebooksIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort()
    .map((name) => join(folder, name));
}
