import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vitlab, workFolder } from "../vitlab";

const folder = workFolder();
writeFileSync(join(folder, "null.json"), "null");

describe("vitlab kernel and kernelspec", () => {
  it.each<[string, string[]]>([
    ["/nope is no connection file: ENOENT", ["kernel", "/nope"]],
    ["null.json is no connection file: it holds no JSON object", ["kernel", "null.json"]],
    ["--user and --prefix name two places: give one of them.", ["kernelspec", "install", "--user", "--prefix", "x"]],
    ["--prefix is empty: give the folder of an environment", ["kernelspec", "install", "--prefix", ""]],
    ["--prefix is empty: give the folder of an environment", ["kernelspec", "remove", "--prefix", ""]],
    ["The kernelspec can't be written to", ["kernelspec", "install", "--prefix", "null.json"]],
  ])("says in one line: %s", async (message, args) => {
    const { code, stdout, stderr } = await vitlab(folder, args);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).not.toContain("unexpected");
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  it("says where there was nothing to remove", async () => {
    const { code, stdout } = await vitlab(folder, ["kernelspec", "remove", "--prefix", "empty"]);
    expect(stdout).toContain("Nothing to remove: there is no ");
    expect(code).toBe(0);
  });
});
