// docs/trust.md names every licence that ships and every address in the code.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "..", "..");
const page = readFileSync(join(root, "docs", "trust.md"), "utf8");

/** Names of XML and what a file of Git LFS begins with: nobody asks them. */
const NAMES = ["www.w3.org", "ns.adobe.com", "git-lfs"];

interface LockedPackage {
  license?: string;
  dev?: boolean;
  link?: boolean;
}

it("names the licence of each package that an install brings", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const shipped = Object.entries(packages).filter(([path, { dev, link }]) => path !== "" && !dev && !link);
  expect(shipped.length).toBeGreaterThan(100);
  const licences = shipped.flatMap(([path, { license }]) =>
    // Its package.json names none; the file beside it does.
    path.endsWith("/exif-parser") ? "MIT" : (license ?? `none of ${path}`).replace(/[()]/g, "").split(/ AND | OR /),
  );
  expect([...new Set(licences)].filter((name) => !page.includes(name))).toEqual([]);
  const mpl = shipped.filter(([, { license }]) => license?.includes("MPL")).map(([path]) => path);
  expect(mpl.every((path) => path.includes("@resvg/resvg-js"))).toBe(true);
});

it("names every address in the code", () => {
  const files = ["src", "setup"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|py)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hosts = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/https?:\/\/([a-zA-Z0-9.-]+\w)/g)].map(([, host]) => host!),
  );
  const unknown = [...new Set(hosts)].filter((host) => !NAMES.includes(host) && !page.includes(host));
  expect(unknown).toEqual([]);
});
