import { describe, expect, test } from "vitest";
import { load } from "./load";

const base = { root: "/p", page: "notebooks/README.md", uid: 1000, display: true };

async function args(given: string[], changes: object = {}): Promise<string[]> {
  const { labArguments } = await load("lab/arguments.mjs");
  return labArguments({ ...base, given, ...changes });
}

describe("the arguments of JupyterLab", () => {
  test("open the page of contents, in the project's root", async () => {
    const result = await args([]);
    expect(result).toContain("--ServerApp.root_dir=/p");
    expect(result).toContain("--LabApp.default_url=/lab/tree/notebooks/README.md");
    expect(result).not.toContain("--allow-root");
    expect(result).not.toContain("--no-browser");
  });

  test("end with the user's own, unchanged", async () => {
    expect((await args(["--no-browser", "--port", "8899"])).slice(-3)).toEqual(["--no-browser", "--port", "8899"]);
  });

  test("leave out ours where the user's speak of the same", async () => {
    expect((await args(["--notebook-dir=/q"])).join(" ")).not.toContain("root_dir");
    expect((await args(["notebooks/02-b.ipynb"])).join(" ")).not.toContain("default_url");
    expect((await args(["--port", "8899"])).join(" ")).toContain("default_url");
  });

  test("let root run it, as in a container, and open no browser without a screen", async () => {
    expect(await args([], { uid: 0 })).toContain("--allow-root");
    expect(await args([], { display: false })).toContain("--no-browser");
    const { hasDisplay } = await load("lab/arguments.mjs");
    expect(hasDisplay({}, "linux")).toBe(false);
    expect(hasDisplay({ DISPLAY: ":0" }, "linux")).toBe(true);
    expect(hasDisplay({ DISPLAY: ":0", CI: "true" }, "linux")).toBe(false);
    expect(hasDisplay({}, "darwin")).toBe(true);
  });

  test("the address shown is the page that opens, with the token", async () => {
    const { pageUrl } = await load("lab/ready.mjs");
    const server = { url: "http://localhost:8899/", token: "abc" };
    expect(pageUrl(server, await args([]))).toBe("http://localhost:8899/lab/tree/notebooks/README.md?token=abc");
    expect(pageUrl({ ...server, token: "" }, [])).toBe("http://localhost:8899/lab");
  });
});
