import { readFileSync } from "node:fs";
import { mkdtemp, readdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { isOffline } from "../../../src/base/node/offline";
import { downloadFile } from "../../../src/data/download-file";
import { modelFolder } from "../../../src/hub/model-folder";
import { checkRedis } from "../../../src/sweep/redis/connect";
import { load } from "../../setup/load";

afterEach(() => vi.unstubAllEnvs());

describe("VITLAB_OFFLINE", () => {
  let asked = 0;
  let server: Server;
  let address: string;
  beforeAll(async () => {
    server = createServer((_, response) => {
      asked++;
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each(["1", "on", "YES", "true"])("forbids networks as %s", (value) => {
    vi.stubEnv("VITLAB_OFFLINE", value);
    expect(isOffline()).toBe(true);
  });

  it.each([undefined, "", "0", "off", "no"])("allows them as %s", (value) => {
    vi.stubEnv("VITLAB_OFFLINE", value);
    expect(isOffline()).toBe(false);
  });

  it("has nothing asked over a network: each way there says so", async () => {
    vi.stubEnv("VITLAB_OFFLINE", "1");
    const folder = await mkdtemp(join(tmpdir(), "offline-"));
    vi.stubEnv("HF_HOME", folder);
    vi.stubEnv("HF_ENDPOINT", `http://${address}`);
    const digest = { name: "MD5", value: "0" } as const;
    const download = downloadFile(`http://${address}/file`, join(folder, "file"), { bytes: 1, digest });
    await expect(download).rejects.toThrow(`VITLAB_OFFLINE is set, so that http://${address}/file isn't asked`);
    await expect(modelFolder("owner/name")).rejects.toThrow("VITLAB_OFFLINE is set: download it once without it");
    await expect(checkRedis(`redis://:secret@${address}`)).rejects.toThrow(
      `VITLAB_OFFLINE is set, so that redis://${address} isn't asked`,
    );
    expect(asked).toBe(0);
    expect(await readdir(folder)).not.toContain("file");
  });

  it("has npm and pip keep to what is on the machine, in set-up and where packages are added", async () => {
    const { withoutNetwork } = await load("terminal/offline.mjs");
    expect(withoutNetwork({ VITLAB_OFFLINE: "1", A: "b" })).toMatchObject({
      npm_config_offline: "true",
      PIP_NO_INDEX: "1",
    });
    expect(withoutNetwork({ A: "b" })).toEqual({ A: "b" });
    const { officialHostAnswers } = await load("native/official.mjs");
    expect(await officialHostAnswers({ VITLAB_OFFLINE: "1", TFJS_NODE_CDN_STORAGE: `http://${address}` })).toBe(false);
    expect(asked).toBe(0);
  });

  it("stands in the page that lists every address", () => {
    expect(readFileSync(join(__dirname, "..", "..", "..", "docs", "trust.md"), "utf8")).toContain("VITLAB_OFFLINE");
  });
});
