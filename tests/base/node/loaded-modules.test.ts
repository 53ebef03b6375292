import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(__dirname, "..", "..", "..");

/** What takes long to load and is needed for one thing only. */
const HEAVY = ["typescript", "plotly.js-dist", "jsdom", "jimp", "@resvg/resvg-js", "zeromq", "tslab"];

/** The packages and the modules of vitlab that a fresh process has loaded when it ends, after this code. */
function loadedBy(code: string): { packages: string[]; modules: string[]; builtIn: string[] } {
  const tell = `process.on("exit", () => {
    const builtIn = process.moduleLoadList.filter((name) => name.startsWith("NativeModule ")).map((name) => name.slice(13));
    process.stderr.write("\\n" + JSON.stringify({ files: Object.keys(require.cache), builtIn }));
  });`;
  const { status, stderr } = spawnSync(process.execPath, ["--eval", `${tell}${code}`], { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const { files, builtIn } = JSON.parse(stderr.slice(stderr.lastIndexOf("\n") + 1)) as {
    files: string[];
    builtIn: string[];
  };
  const packages = files.flatMap((file) => file.match(/.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/)?.[1] ?? []);
  const own = join(root, "dist");
  const modules = files.filter((file) => file.startsWith(own)).map((file) => file.slice(own.length + 1));
  return { packages: [...new Set(packages)], modules, builtIn };
}

/** Code that is the command; commander takes arguments elsewhere from a process that was started with --eval. */
const command = (...args: string[]) =>
  `process.argv = ["node", "vitlab", ...${JSON.stringify(args)}]; process.execArgv = []; delete process._eval; require("./dist/cli/main.js");`;

const heavyOf = ({ packages }: { packages: string[] }) => packages.filter((name) => HEAVY.includes(name));

describe('import "vitlab"', () => {
  const loaded = loadedBy('require("vitlab")');

  it("loads nothing that draws, compiles, downloads or decodes", () => {
    expect(loaded.modules).toContain(join("vit", "model.js"));
    expect(heavyOf(loaded)).toEqual([]);
    expect(loaded.packages).not.toContain("@napi-rs/canvas");
    expect(loaded.builtIn).not.toEqual(expect.arrayContaining(["https"]));
    expect(loaded.builtIn).not.toEqual(expect.arrayContaining(["worker_threads"]));
  });

  it("starts no engine, and knows nothing of the kernel or the command", () => {
    expect(loaded.packages).not.toContain("@tensorflow/tfjs-node");
    expect(loaded.packages).not.toContain("@tensorflow/tfjs-backend-wasm");
    expect(loaded.modules.filter((name) => /^(kernel|cli)[\\/]/.test(name))).toEqual([]);
  });

  it("gives the same classes to require and to import, by the package's name and by a module's path", () => {
    const code = `import("vitlab").then((imported) => {
      const required = require("vitlab");
      const same = Object.keys(required).filter((name) => imported[name] === required[name]);
      if (same.length !== Object.keys(required).length) process.exit(1);
      if (require("./dist/vit/model.js").ViT !== imported.ViT) process.exit(2);
      if (!(new Error() instanceof Error) || !(new imported.VitlabError("x") instanceof require("./dist/base/error").VitlabError)) process.exit(3);
    });`;
    expect(loadedBy(code).modules).toContain("index.js");
  });
});

describe("vitlab predict", () => {
  const loaded = loadedBy(command("predict", "vit-shapes", join("data", "chelsea.png"), "--json"));

  it("loads nothing that draws, compiles, downloads or trains", () => {
    expect(loaded.modules).toContain(join("cli", "predict", "run-predict.js"));
    expect(heavyOf(loaded)).toEqual([]);
    expect(loaded.builtIn).not.toEqual(expect.arrayContaining(["https"]));
    expect(
      loaded.modules.filter((name) =>
        /^(figure|panels|widgets|explain|kernel[\\/](front|child|compiler))[\\/]/.test(name),
      ),
    ).toEqual([]);
  });

  it("loads no other command's work", () => {
    const work = loaded.modules.filter((name) => /^cli[\\/].*[\\/]run-/.test(name));
    expect(work).toEqual([join("cli", "predict", "run-predict.js")]);
  });

  it("asks nobody where the engine's binding is, and leaves the one who would know to others", () => {
    if (!loaded.packages.includes("@tensorflow/tfjs-node")) return;
    expect(loaded.packages).not.toContain("npmlog");
    const code = `require("vitlab").useEngine("native").then(() => {
      const { createRequire } = require("module");
      const beside = createRequire(require.resolve("@tensorflow/tfjs-node/package.json"));
      const { find } = beside("@mapbox/node-pre-gyp");
      const manifest = require.resolve("@tensorflow/tfjs-node/package.json");
      if (!require.cache[find(manifest)]) process.exit(1);
    });`;
    expect(loadedBy(code).packages).toContain("npmlog");
  });
});

describe("vitlab --help", () => {
  it("loads no engine and no model", () => {
    const loaded = loadedBy(command("--help"));
    expect(loaded.packages).toEqual(["commander"]);
    expect(loaded.modules.filter((name) => /^(tensor|nn|train|hub|recipes)[\\/]/.test(name))).toEqual([]);
  });
});
