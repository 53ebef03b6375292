import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it, vi } from "vitest";
import { hostileTexts } from "../support/hostile-texts";
import { jsonLines, vitlab, workFolder } from "./vitlab";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = workFolder();
/** What no line of a command may hold: a line ends with "\n". */
const ACTIVE = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
// A file system has its own limits: no NUL, no slash, and names in UTF-8.
const names = hostileTexts
  .filter((text) => text.trim() !== "" && !/[\0/\ud800-\udfff\ufffe\uffff]/.test(text))
  .slice(0, 6);
const picture = "\u001b[2J\nx.png";

beforeAll(async () => {
  const drawn = await vitlab(folder, ["data", "shapes", "--out", "drawn", "--count", "10", "--size", "16"]);
  expect(drawn.code, drawn.stderr).toBe(0);
  const images = ["cat", "dog", "ship"].map((name) => join(folder, "drawn", name));
  const some = images.map((path) => join(path, readdirSync(path)[0] as string));
  for (const name of names) {
    mkdirSync(join(folder, "photos", name), { recursive: true });
    for (let i = 0; i < 4; i++) copyFileSync(some[i % 3] as string, join(folder, "photos", name, `${i}${picture}`));
    writeFileSync(join(folder, "photos", name, "notes\u001b.txt"), "no picture");
  }
});

it("class folders and files of others are said in lines that do nothing to a terminal", async () => {
  const args = [
    "train",
    "--config",
    "micro.json",
    "--data",
    "folder:photos",
    "--epochs",
    "1",
    "--out",
    "run\u001b[31m",
    "--engine",
    "cpu",
  ];
  const trained = await vitlab(folder, args);
  expect(trained.code, trained.stderr).toBe(0);
  const evaluated = await vitlab(folder, ["evaluate", "run\u001b[31m", "--split", "all"]);
  expect(evaluated.code, evaluated.stderr).toBe(0);
  const perClass = evaluated.stdout.split("\n").filter((line) => /\d %\s+of \d+$/.test(line));
  expect(perClass).toHaveLength(names.length);
  const file = join("photos", names[0] as string, `0${picture}`);
  const predicted = await vitlab(folder, ["predict", "run\u001b[31m", file]);
  expect(predicted.code, predicted.stderr).toBe(0);
  for (const { stdout, stderr } of [trained, evaluated, predicted]) expect(stdout + stderr).not.toMatch(ACTIVE);
  const json = await vitlab(folder, ["predict", "run\u001b[31m", file, "--json"]);
  expect(json.stdout).not.toMatch(ACTIVE);
  const [told] = jsonLines(json.stdout) as [{ predictions: { file: string; classNames: string[] }[] }];
  expect(told.predictions[0]?.file).toBe(file);
  expect([...(told.predictions[0]?.classNames ?? [])].sort()).toEqual([...names].sort());
  expect(JSON.parse(readFileSync(join(folder, "run\u001b[31m", "config.json"), "utf8")).classNames.sort()).toEqual(
    [...names].sort(),
  );
});

it.each([
  ["predict", "no\u001b[1mwhere\nfolder", "x.png"],
  ["predict", "drawn", "no\u009bfile\r\n.png"],
  ["evaluate", "drawn", "--data", "no\u001bfolder"],
  ["tr\u001bain"],
  ["train", "--epo\u001bchs", "3"],
])("what is wrong with %j is said in such lines as well", async (...args) => {
  const { code, stdout, stderr } = await vitlab(folder, args);
  expect(code).toBe(1);
  expect(stdout + stderr).not.toMatch(ACTIVE);
});
