import { spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VitlabError } from "../../src/base/error";
import { Random } from "../../src/base/random";
import { type ModelProgress, modelFolder } from "../../src/hub/model-folder";
import { temporaryFolder } from "../data/helpers";
import { COMMIT, gitSha1, sendRange, serveHub, sha256, type TinyHub, type TinyRepo } from "./hub-server";

const random = new Random(5);
const weights = Buffer.from(Uint8Array.from({ length: 300_000 }, () => random.integer(256)));
const config = Buffer.from('{ "model_type": "vit" }');
const preprocessor = Buffer.from('{ "size": 32 }');

let repo: TinyRepo;
let hub: TinyHub;
let home: string;
let model: string;

beforeEach(async () => {
  repo = {
    files: {
      "config.json": config,
      "preprocessor_config.json": preprocessor,
      "model.safetensors": weights,
      "README.md": Buffer.from("not fetched"),
    },
    large: ["model.safetensors"],
  };
  hub = await serveHub(repo);
  home = temporaryFolder();
  model = path.join(home, "hub", "models--owner--tiny");
  for (const name of [
    "HF_HUB_CACHE",
    "HUGGINGFACE_HUB_CACHE",
    "HF_TOKEN",
    "HF_TOKEN_PATH",
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
  ])
    vi.stubEnv(name, "");
  vi.stubEnv("HF_HOME", home);
  vi.stubEnv("HF_ENDPOINT", hub.url);
  vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "5");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await hub.close();
});

const isWeights = (request: http.IncomingMessage) => request.url?.endsWith("model.safetensors") ?? false;
const ranges = () => hub.requests.filter(({ path }) => path.endsWith("model.safetensors")).map(({ range }) => range);
const incomplete = () => readdirSync(path.join(model, "blobs")).filter((name) => name.endsWith(".incomplete"));

function expectWhole(folder: string): void {
  expect(folder).toBe(path.join(model, "snapshots", COMMIT));
  expect(readdirSync(folder).sort()).toEqual(["config.json", "model.safetensors", "preprocessor_config.json"]);
  expect(readFileSync(path.join(folder, "model.safetensors")).equals(weights)).toBe(true);
  expect(readFileSync(path.join(folder, "config.json")).equals(config)).toBe(true);
}

/** What a failed download must leave: no file under a name that stands for a whole one, no revision. */
function expectNothingWhole(): void {
  expect(existsSync(path.join(model, "blobs", sha256(weights)))).toBe(false);
  expect(existsSync(path.join(model, "snapshots", COMMIT, "model.safetensors"))).toBe(false);
  expect(existsSync(path.join(model, "refs", "main"))).toBe(false);
}

describe("modelFolder", () => {
  it("gives a local folder back as it is", async () => {
    const dir = temporaryFolder();
    expect(await modelFolder(dir)).toBe(dir);
    expect(hub.requests).toEqual([]);
  });

  it("downloads config, preprocessor and weights into the cache as huggingface_hub lays it out", async () => {
    const told: ModelProgress[] = [];
    expectWhole(await modelFolder("owner/tiny", { onProgress: (progress) => told.push(progress) }));
    expect(readdirSync(model).sort()).toEqual([".no_exist", "blobs", "refs", "snapshots"]);
    expect(readdirSync(path.join(model, "blobs")).sort()).toEqual(
      [sha256(weights), gitSha1(config), gitSha1(preprocessor)].sort(),
    );
    expect(readFileSync(path.join(model, "refs", "main"), "utf8")).toBe(COMMIT);
    const link = path.join(model, "snapshots", COMMIT, "model.safetensors");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readlinkSync(link)).toBe(path.join("..", "..", "blobs", sha256(weights)));
    expect(told.at(-1)).toEqual({ file: "model.safetensors", received: weights.length, total: weights.length });
    expect(told[0]?.file).toBe("config.json");
  });

  it("asks only for the commit when all is here, and for nothing where a commit is named", async () => {
    await modelFolder("owner/tiny");
    const before = hub.requests.length;
    expectWhole(await modelFolder("owner/tiny"));
    expect(hub.requests.slice(before).every(({ path }) => path.startsWith("/api/"))).toBe(true);
    const again = hub.requests.length;
    expectWhole(await modelFolder("owner/tiny", { revision: COMMIT }));
    expect(hub.requests.length).toBe(again);
  });

  it("downloads processor_config.json where there is one, which transformers reads first", async () => {
    repo.files["processor_config.json"] = Buffer.from('{ "image_processor": { "size": 24 } }');
    const folder = await modelFolder("owner/tiny");
    expect(readFileSync(path.join(folder, "processor_config.json"), "utf8")).toContain("24");
  });

  it("remembers that there is no preprocessor_config.json", async () => {
    delete repo.files["preprocessor_config.json"];
    const folder = await modelFolder("owner/tiny", { revision: COMMIT });
    expect(readdirSync(folder).sort()).toEqual(["config.json", "model.safetensors"]);
    const asked = hub.requests.length;
    await modelFolder("owner/tiny", { revision: COMMIT });
    expect(hub.requests.length).toBe(asked);
  });

  it("sends HF_TOKEN, or the token that was stored, to the hub and to no other server", async () => {
    const storage = http.createServer((request, response) => {
      strangers.push(request.headers.authorization);
      sendRange(request, response, weights);
    });
    const strangers: (string | undefined)[] = [];
    await new Promise<void>((resolve) => storage.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(storage.address() as AddressInfo).port}/weights`;
    hub.before = (request, response) => isWeights(request) && !!response.writeHead(302, { location }).end();
    writeFileSync(path.join(home, "token"), "hf_stored\n");
    expectWhole(await modelFolder("owner/tiny"));
    storage.closeAllConnections();
    await new Promise((resolve) => storage.close(resolve));
    expect(new Set(hub.requests.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer hf_stored"]));
    expect(strangers).toEqual([undefined]);
    vi.stubEnv("HF_TOKEN", "hf_named");
    await modelFolder("owner/tiny");
    expect(hub.requests.at(-1)?.authorization).toBe("Bearer hf_named");
  });

  it.each(["HF_HUB_OFFLINE", "VITLAB_OFFLINE"])("keeps to the cache with %s", async (name) => {
    await modelFolder("owner/tiny");
    vi.stubEnv(name, "1");
    const asked = hub.requests.length;
    expectWhole(await modelFolder("owner/tiny"));
    expect(hub.requests.length).toBe(asked);
    rmSync(model, { recursive: true });
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        `owner/tiny is not in the cache ${home}/hub at revision main, and ${name} is set: download it once without it`,
      ),
    );
  });

  it("uses what is in the cache, and says so, where the hub is out of order", async () => {
    await modelFolder("owner/tiny");
    hub.before = (_, response) => !!response.writeHead(503).end();
    const said: string[] = [];
    expectWhole(await modelFolder("owner/tiny", { say: (text) => said.push(text) }));
    expect(said).toEqual([
      `${hub.url} answered 503 when asked for owner/tiny: try again later; what is in the cache is used`,
    ]);
  });
});

describe("a download that is disturbed", () => {
  it("goes on by itself where a connection broke, from the byte where it did", async () => {
    let breaks = 0;
    hub.before = (request, response) => {
      if (!isWeights(request) || breaks++ >= 2) return false;
      sendRange(request, response, weights, 100_000);
      return true;
    };
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges()).toEqual([undefined, "bytes=100000-", "bytes=200000-"]);
  });

  it("gives up after five connections anew; the next try goes on from there", async () => {
    hub.before = (request, response) => {
      if (isWeights(request)) sendRange(request, response, weights, 1000);
      return isWeights(request);
    };
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      /model\.safetensors broke off after 6000 bytes \(.*\): try again, it goes on where it stopped$/,
    );
    expect(ranges().length).toBe(6);
    expectNothingWhole();
    hub.before = () => false;
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges().at(-1)).toBe("bytes=6000-");
    expect(incomplete()).toEqual([]);
  });

  it("goes on from what Python's huggingface_hub left, and leaves that alone where it may still be written", async () => {
    mkdirSync(path.join(model, "blobs"), { recursive: true });
    const left = path.join(model, "blobs", `${sha256(weights)}.incomplete`);
    writeFileSync(left, weights.subarray(0, 5000));
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges()).toEqual(["bytes=5000-"]);
    expect(incomplete()).toEqual([path.basename(left)]);
  });

  it("takes over what has been silent for long", async () => {
    mkdirSync(path.join(model, "blobs"), { recursive: true });
    const left = path.join(model, "blobs", `${sha256(weights)}.elsewhere-7-01234567.incomplete`);
    writeFileSync(left, weights.subarray(0, 5000));
    utimesSync(left, 0, 0);
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges()).toEqual(["bytes=5000-"]);
    expect(incomplete()).toEqual([]);
  });

  it("starts over with a server that ignores Range", async () => {
    let first = true;
    hub.before = (request, response) => {
      if (!isWeights(request)) return false;
      if (first) sendRange(request, response, weights, 50_000);
      else response.writeHead(200, { "content-length": weights.length }).end(weights);
      first = false;
      return true;
    };
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges()).toEqual([undefined, "bytes=50000-"]);
  });

  it("starts over where what was kept is of another file", async () => {
    mkdirSync(path.join(model, "blobs"), { recursive: true });
    writeFileSync(path.join(model, "blobs", `${sha256(weights)}.incomplete`), Buffer.alloc(5000));
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges()).toEqual(["bytes=5000-", undefined]);
  });

  it.each([
    ["weights by SHA-256", "model.safetensors", "SHA-256", weights],
    ["small files by git's SHA-1", "config.json", "git SHA-1", config],
  ])("throws wrong bytes away: %s", async (_, file, name, right) => {
    const wrong = Buffer.from(right);
    wrong[3] = (wrong[3] as number) ^ 1;
    hub.before = (request, response) => {
      const isIt = request.url?.endsWith(file) ?? false;
      if (isIt) sendRange(request, response, wrong);
      return isIt;
    };
    const hash = name === "SHA-256" ? sha256 : gitSha1;
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        `what came from ${hub.url}/owner/tiny/resolve/${COMMIT}/${file} has ${name} ${hash(wrong)} and should have ${hash(right)}: it was thrown away; try again, or from another address`,
      ),
    );
    expectNothingWhole();
    expect(incomplete()).toEqual([]);
  });

  it("cuts off what goes on after its size", async () => {
    let sent = 0;
    hub.before = (request, response) => {
      if (!isWeights(request)) return false;
      response.writeHead(200);
      const more = () => {
        sent += weights.length;
        if (!response.destroyed && sent < 200e6) response.write(weights, more);
        else response.end();
      };
      more();
      return true;
    };
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        `${hub.url}/owner/tiny/resolve/${COMMIT}/model.safetensors went on sending, and the file has ${weights.length.toLocaleString("en-US")} bytes: ` +
          "it is another file, and nothing of it was kept; try again later, or from another address",
      ),
    );
    expect(sent).toBeLessThan(100e6);
    expectNothingWhole();
    expect(incomplete()).toEqual([]);
  });

  it("refuses a JSON file that is far too long, before it asks for it", async () => {
    hub.before = (request, response) => {
      if (!request.url?.includes("paths-info")) return false;
      const files = ["config.json", "model.safetensors"].map((path) => {
        return { type: "file", path, size: 3e9, oid: gitSha1(config) };
      });
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(files));
      return true;
    };
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError("owner/tiny has a config.json of 3000 MB: that of a model has at most 16 MB"),
    );
    expect(hub.requests.some(({ path }) => path.includes("/resolve/"))).toBe(false);
  });

  it("cuts off an answer of the hub that never ends", async () => {
    let sent = 0;
    hub.before = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const spaces = Buffer.alloc(1e6, " ");
      const more = () => {
        sent += spaces.length;
        if (!response.destroyed && sent < 200e6) response.write(spaces, more);
        else response.end("{}");
      };
      more();
      return true;
    };
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      `there is no folder owner/tiny here, and ${hub.url} gave an answer about owner/tiny of more than 8 MB: it is no Hugging Face hub; check HF_ENDPOINT`,
    );
    expect(sent).toBeLessThan(100e6);
  });

  it("waits no longer than HF_HUB_DOWNLOAD_TIMEOUT for a server that hangs", async () => {
    vi.stubEnv("HF_HUB_DOWNLOAD_TIMEOUT", "0.3");
    hub.before = (request, response) => {
      if (!isWeights(request)) return false;
      response.writeHead(200, { "content-length": weights.length });
      if (ranges().length === 1) response.write(weights.subarray(0, 1000));
      return true;
    };
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      /model\.safetensors (broke off after 1000 bytes|can't be reached) \(.+\): /,
    );
    expectNothingWhole();
    hub.before = () => true;
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        `there is no folder owner/tiny here, and ${hub.url} can't be reached (nothing came for 0.3 s): check the connection, or set HF_ENDPOINT to a mirror`,
      ),
    );
  });

  it("says that the disk is full, and goes on once there is room", async () => {
    const handle = await open(path.join(home, "x"), "w");
    const { write } = Object.getPrototypeOf(handle);
    await handle.close();
    const full = vi.spyOn(Object.getPrototypeOf(handle), "write").mockImplementation(async function (
      this: unknown,
      ...given: unknown[]
    ) {
      if ((given[0] as Uint8Array).length > 1000)
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      return write.apply(this, given);
    });
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      /\.incomplete can't be written \(the disk is full\): make room or name another folder, then try again$/,
    );
    expectNothingWhole();
    full.mockRestore();
    expectWhole(await modelFolder("owner/tiny"));
  });

  it("asks for room before it starts", async () => {
    hub.before = (request, response) => {
      if (!request.url?.includes("paths-info")) return false;
      const files = [
        {
          type: "file",
          path: "model.safetensors",
          size: 1e15,
          oid: "0".repeat(40),
          lfs: { oid: sha256(weights), size: 1e15 },
        },
        { type: "file", path: "config.json", size: config.length, oid: gitSha1(config) },
      ];
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(files));
      return true;
    };
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      /^owner\/tiny needs 1000000000 MB in .*blobs, and \d+ MB are free: make room, or set HF_HUB_CACHE to another folder$/,
    );
    expect(ranges()).toEqual([]);
  });

  it("keeps what came when it is stopped", async () => {
    const stop = new AbortController();
    hub.before = (request, response) => {
      if (!isWeights(request)) return false;
      response.writeHead(200, { "content-length": weights.length });
      response.write(weights.subarray(0, 70_000));
      return true;
    };
    const onProgress = ({ file, received }: ModelProgress) => {
      if (file === "model.safetensors" && received === 70_000) stop.abort();
    };
    await expect(modelFolder("owner/tiny", { signal: stop.signal, onProgress })).rejects.toThrow("aborted");
    expectNothingWhole();
    hub.before = () => false;
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges().at(-1)).toBe("bytes=70000-");
  });

  it("is not spoiled by another at the same time, of this process or another", async () => {
    // Slowly, so that they overlap.
    hub.before = (request, response) => {
      if (!isWeights(request)) return false;
      setTimeout(() => sendRange(request, response, weights), 100);
      return true;
    };
    const folders = await Promise.all([1, 2, 3].map(() => modelFolder("owner/tiny")));
    for (const folder of folders) expectWhole(folder);
    expect(incomplete()).toEqual([]);
    rmSync(model, { recursive: true });
    const here = modelFolder("owner/tiny");
    const other = await downloadElsewhere();
    expect(other).toBe(path.join(model, "snapshots", COMMIT));
    expectWhole(await here);
  });

  it("goes on from what a killed process left", async () => {
    hub.before = (request, response) => {
      if (!isWeights(request)) return false;
      response.writeHead(200, { "content-length": weights.length });
      response.write(weights.subarray(0, 40_000));
      return true;
    };
    await downloadElsewhere({ killAfter: 40_000 });
    expect(incomplete().length).toBe(1);
    hub.before = () => false;
    expectWhole(await modelFolder("owner/tiny"));
    expect(ranges()).toEqual([undefined, "bytes=40000-"]);
    expect(incomplete()).toEqual([]);
  });
});

/** The same download in a process of its own, killed once so many bytes of the weights have come. */
function downloadElsewhere({ killAfter = -1 } = {}): Promise<string> {
  const root = path.join(__dirname, "..", "..");
  const code = `require(${JSON.stringify(path.join(root, "tests", "base", "node", "child", "typescript.cjs"))});
    const { modelFolder } = require(${JSON.stringify(path.join(root, "src", "hub", "model-folder.ts"))});
    const onProgress = ({ file, received }) => { if (file === "model.safetensors" && received === ${killAfter}) process.kill(process.pid, "SIGKILL"); };
    modelFolder("owner/tiny", { onProgress }).then((folder) => console.log(folder));`;
  const child = spawn(process.execPath, ["-e", code], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += text;
  });
  return new Promise((resolve) => child.once("close", () => resolve(printed.trim())));
}

describe("modelFolder says in one sentence", () => {
  const status = (code: number, headers: http.OutgoingHttpHeaders = {}) => {
    hub.before = (_, response) => !!response.writeHead(code, headers).end();
  };

  it.each([404, 401])("that there is no such model (%i)", async (code) => {
    status(code, { "x-error-code": "RepoNotFound" });
    await expect(modelFolder("owner/none")).rejects.toThrow(
      new VitlabError(
        `there is no folder owner/none here and no model owner/none at ${hub.url} (${code}): check the name, or set HF_TOKEN where it is private`,
      ),
    );
    expect(existsSync(path.join(home, "hub"))).toBe(false);
  });

  it("that there is no such revision", async () => {
    status(404, { "x-error-code": "RevisionNotFound" });
    await expect(modelFolder("owner/tiny", { revision: "v9" })).rejects.toThrow(
      new VitlabError("owner/tiny has no revision v9: give a branch, a tag or a commit that it has"),
    );
  });

  it.each([401, 403])("that a model is gated (%i)", async (code) => {
    hub.before = (request, response) =>
      isWeights(request) && !!response.writeHead(code, { "x-error-code": "GatedRepo" }).end();
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        `owner/tiny is open only to those who accepted its terms (${code}): accept them at ${hub.url}/owner/tiny and set HF_TOKEN to a token of that account`,
      ),
    );
    expectNothingWhole();
  });

  it("that a token is not taken", async () => {
    vi.stubEnv("HF_TOKEN", "hf_old");
    status(401, { "x-error-message": "Invalid credentials in Authorization header" });
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        `${hub.url} does not take the token for owner/tiny (401): set HF_TOKEN to a valid one, or to nothing for a public model`,
      ),
    );
  });

  const missing: [string, string, string][] = [
    ["config.json", "", "owner/tiny has no file config.json at revision main (404): it is not a model in this format"],
    [
      "model.safetensors",
      "",
      "owner/tiny has no model.safetensors at revision main (404): it is not a model in this format",
    ],
    [
      "model.safetensors",
      "model.safetensors.index.json",
      "owner/tiny has its weights in several files: download the repository and give its local folder",
    ],
    [
      "model.safetensors",
      "pytorch_model.bin",
      "owner/tiny has pytorch_model.bin and no model.safetensors at revision main: convert it with Python's transformers (save_pretrained) and give that folder",
    ],
  ];

  it.each(missing)("that %s is missing, with %s in its place", async (file, instead, message) => {
    delete repo.files[file];
    if (instead) repo.files[instead] = Buffer.from("{}");
    await expect(modelFolder("owner/tiny")).rejects.toThrow(new VitlabError(message));
    expect(ranges()).toEqual([]);
  });

  it("that a file is gone which was listed", async () => {
    hub.before = (request, response) =>
      isWeights(request) && !!response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        "owner/tiny has no file model.safetensors at revision main (404): it is not a model in this format",
      ),
    );
  });

  it("that nobody answers", async () => {
    const { url } = hub;
    await hub.close();
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      new VitlabError(
        `there is no folder owner/tiny here, and ${url} can't be reached (ECONNREFUSED): check the connection, or set HF_ENDPOINT to a mirror`,
      ),
    );
    hub = await serveHub(repo);
  });

  it.each([
    ["no JSON", "<html>"],
    ["no commit", '{"_id":"1","sha":"../../evil"}'],
  ])("that the server is no hub: %s", async (_, text) => {
    hub.before = (_, response) => !!response.writeHead(200, { "content-type": "application/json" }).end(text);
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      /^there is no folder owner\/tiny here, and http:\/\/127\.0\.0\.1:\d+ (can't be reached|gave an answer)[^\n]+$/,
    );
  });

  it("that a digest which is no digest names no file", async () => {
    hub.before = (request, response) => {
      if (!request.url?.includes("paths-info")) return false;
      const files = ["config.json", "model.safetensors"].map((path) => ({
        type: "file",
        path,
        size: 3,
        oid: "../../../evil",
      }));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(files));
      return true;
    };
    await expect(modelFolder("owner/tiny")).rejects.toThrow("gave an answer about owner/tiny that can't be understood");
  });

  it.each([
    ["nowhere", "there is no folder nowhere: give the folder of a model"],
    ["./no/where", "there is no folder ./no/where: give the folder of a model"],
    ["a/b/c", "there is no folder a/b/c: give the folder of a model"],
    ["owner/../tiny", "there is no folder owner/../tiny: give the folder of a model"],
    ["", 'modelFolder takes a folder or the "owner/name" of a model on the Hugging Face hub; got ""'],
  ])("that %j is neither a folder nor a repository", async (name, message) => {
    await expect(modelFolder(name)).rejects.toThrow(message);
    expect(hub.requests).toEqual([]);
  });

  it("that a file is no folder, a revision no revision, an address no address", async () => {
    const file = path.join(home, "model.safetensors");
    writeFileSync(file, "x");
    await expect(modelFolder(file)).rejects.toThrow(`${file} is a file: give the folder of a model that it is in`);
    for (const revision of ["../../x", "a//b", "", "a/.."])
      await expect(modelFolder("owner/tiny", { revision })).rejects.toThrow("there can't be a revision");
    vi.stubEnv("HF_ENDPOINT", "hub.example");
    await expect(modelFolder("owner/tiny")).rejects.toThrow(
      "HF_ENDPOINT is hub.example: it must be an address that starts with https:// or http://",
    );
    vi.stubEnv("HF_ENDPOINT", "https://somebody:password-of-theirs@hub.example");
    const refused = modelFolder("owner/tiny");
    await expect(refused).rejects.toThrow("HF_ENDPOINT has a name or password in it");
    await expect(refused).rejects.not.toThrow("password-of-theirs");
    vi.stubEnv("HF_ENDPOINT", "https://hub.example/?a=b");
    await expect(modelFolder("owner/tiny")).rejects.toThrow("without what stands behind ? or #");
  });
});
