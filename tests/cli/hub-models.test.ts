import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hubEnvironment, repoOf, serveHub, type TinyHub, type TinyRepo } from "../hub/hub-server";
import { expectRefusal, vitlab, workFolder } from "./vitlab";

const work = workFolder();
const goldens = join(__dirname, "..", "goldens");
const tiny = join(goldens, "hf_vit_tiny");
const picture = join(goldens, "processor", "noise_300x200.png");

let repo: TinyRepo;
let hub: TinyHub;
let home: string;
let count = 0;
beforeEach(async () => {
  repo = repoOf(tiny);
  hub = await serveHub(repo);
  home = join(work, `home-${count++}`);
});
afterEach(() => hub.close());

const predict = (model: string, ...args: string[]) =>
  vitlab(work, ["predict", model, picture, "--engine", "cpu", ...args], hubEnvironment(hub, home));

/** The files of the cache that stand for something whole. */
function whole(): string[] {
  const cache = join(home, "hub");
  const files = existsSync(cache) ? readdirSync(cache, { recursive: true, encoding: "utf8" }) : [];
  return files.filter((file) => /snapshots.*(json|safetensors)$|refs.main$/.test(file));
}

describe("vitlab predict of a repository", () => {
  it("downloads it with plain lines on stderr, and answers as with the folder", async () => {
    repo.files["config.json"] = Buffer.concat([repo.files["config.json"] as Buffer, Buffer.alloc(2_000_000, 32)]);
    const remote = await predict("owner/tiny", "--json");
    expect(remote.code).toBe(0);
    expect(remote.stderr).toMatch(/^owner\/tiny config\.json: [012] of 2 MB$/m);
    expect(remote.stderr).not.toContain("\r");
    const local = await predict(tiny, "--json");
    expect(JSON.parse(remote.stdout)).toEqual(JSON.parse(local.stdout));
    const again = await predict("owner/tiny", "--json");
    expect(again.stderr).not.toContain("MB");
  });

  it.each<[string, () => void, string]>([
    [
      "a wrong checksum",
      () => {
        const right = repo.files["model.safetensors"] as Buffer;
        const wrong = Buffer.from(right).fill(1, 5000, 5001);
        hub.before = (request, response) => {
          if (!request.url?.endsWith("model.safetensors") || !request.url.includes("/resolve/")) return false;
          response.writeHead(200, { "content-length": wrong.length }).end(wrong);
          return true;
        };
      },
      "it was thrown away; try again",
    ],
    [
      "no weights",
      () => delete repo.files["model.safetensors"],
      "owner/tiny has no model.safetensors at revision main",
    ],
    [
      "404",
      () => {
        hub.before = (_, response) => {
          response.writeHead(404, { "x-error-code": "RepoNotFound" }).end();
          return true;
        };
      },
      "there is no folder owner/tiny here and no model owner/tiny at",
    ],
  ])("says in one line, and leaves nothing that looks whole: %s", async (_, spoil, message) => {
    spoil();
    expectRefusal(await predict("owner/tiny", "--json"), message);
    expect(whole().filter((file) => /model\.safetensors|refs/.test(file))).toEqual([]);
  });
});
