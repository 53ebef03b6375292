import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SetupError } from "../setup-error.mjs";

const options = ["--check", "--with-data"];

/** The folder of the notebooks in Chinese, in that of the English ones. */
export const chinese = "zh";

/**
 * What `npm run notebooks` is asked for: `{ files, check, withData }`. A name is a file name or the beginning of one (`03`,
 * `zh/03`), or `zh` for all in Chinese; none means all of the project's own, first the English ones. Those have names that
 * begin with a number: others are the reader's. With CIFAR-10 nothing is written, so that none of its pictures gets into the
 * repository.
 */
export function notebookRun(args, folder) {
  const unknown = args.find((argument) => argument.startsWith("-") && !options.includes(argument));
  if (unknown) throw new SetupError(`npm run notebooks knows no option ${unknown}: it knows ${options.join(" and ")}`);
  const withData = args.includes("--with-data");
  const names = args.filter((argument) => !argument.startsWith("-"));
  const files =
    names.length === 0
      ? [...ownNotebooks(folder), ...ownNotebooks(join(folder, chinese))]
      : names.flatMap((name) => matching(name, folder));
  if (files.length === 0) throw new SetupError(`there is no notebook in ${folder}`);
  return { files: [...new Set(files)], check: withData || args.includes("--check"), withData };
}

/** The project's own notebooks in a folder, in their order. */
export function ownNotebooks(folder) {
  return notebooksIn(folder).filter((file) => /^\d\d-/.test(basename(file)));
}

function matching(name, folder) {
  if (name.endsWith(".ipynb") && existsSync(name)) return [name];
  const inChinese = name === chinese || basename(dirname(name)) === chinese;
  const where = inChinese ? join(folder, chinese) : folder;
  const found =
    name === chinese
      ? ownNotebooks(where)
      : notebooksIn(where).filter((file) => basename(file).startsWith(basename(name)));
  if (found.length > 0) return found;
  const all = notebooksIn(where).map((file) => basename(file));
  throw new SetupError(`no notebook in ${where} begins with "${basename(name)}": there are ${all.join(", ")}`);
}

function notebooksIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort()
    .map((name) => join(folder, name));
}
