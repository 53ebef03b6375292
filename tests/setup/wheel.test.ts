import { describe, expect, test } from "vitest";
import { load } from "./load";

describe("wheelFor", () => {
  test.each([
    ["linux", "x64", "tensorflow-cpu", "manylinux_2_27_x86_64"],
    ["linux", "arm64", "tensorflow", "manylinux_2_27_aarch64"],
    ["darwin", "arm64", "tensorflow", "macosx_12_0_arm64"],
  ])("%s on %s: %s, %s, with a pinned SHA-256", async (platform, arch, project, tag) => {
    const { wheelFor } = await load("native/wheel.mjs");
    const wheel = wheelFor(platform, arch);
    expect(wheel).toMatchObject({ project, tag });
    expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["darwin", "x64"],
    ["win32", "x64"],
    ["linux", "riscv64"],
  ])("%s on %s has none", async (platform, arch) => {
    const { wheelFor } = await load("native/wheel.mjs");
    expect(wheelFor(platform, arch)).toBeUndefined();
  });
});

test("pip is asked for one exact file, whatever Python it runs on", async () => {
  const { downloadArguments, wheelFor } = await load("native/wheel.mjs");
  const line = downloadArguments(wheelFor("linux", "x64"), "/tmp/here").join(" ");
  expect(line).toContain("--platform manylinux_2_27_x86_64");
  expect(line).toContain("--python-version 3.12 --implementation cp --abi cp312");
  expect(line).toMatch(/tensorflow-cpu==2\.21\.0$/);
});

test("the linker finds the wheel's libraries under the names it looks for", async () => {
  const { libraryLinks } = await load("native/binding.mjs");
  expect(libraryLinks(["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"], "linux")).toEqual({
    "libtensorflow.so": "libtensorflow_cc.so.2",
    "libtensorflow_framework.so": "libtensorflow_framework.so.2",
  });
  expect(libraryLinks(["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"], "darwin")).toEqual({
    "libtensorflow.2.dylib": "libtensorflow_cc.2.dylib",
  });
});
