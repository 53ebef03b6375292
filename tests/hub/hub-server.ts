import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A repository that a hub of our own serves: its files, and which of them lie in large-file storage. */
export interface TinyRepo {
  files: Record<string, Buffer>;
  large: string[];
}

export interface HubRequest {
  method: string;
  path: string;
  range: string | undefined;
  authorization: string | undefined;
}

export interface TinyHub {
  url: string;
  requests: HubRequest[];
  /** Answers in place of the hub where it returns true. */
  before: (request: http.IncomingMessage, response: http.ServerResponse) => boolean;
  close: () => Promise<void>;
}

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

export function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

export function gitSha1(data: Buffer): string {
  return createHash("sha1").update(`blob ${data.length}\0`).update(data).digest("hex");
}

/** A hub on this machine with one repository, `owner/tiny`. */
export async function serveHub(repo: TinyRepo, port = 0): Promise<TinyHub> {
  const server = http.createServer(async (request, response) => {
    const path = request.url ?? "";
    const { range, authorization } = request.headers;
    hub.requests.push({ method: request.method ?? "", path, range, authorization });
    if (hub.before(request, response)) return;
    if (path.startsWith("/api/models/owner/tiny/revision/"))
      return json(response, { _id: "1", id: "owner/tiny", sha: COMMIT });
    if (path === `/api/models/owner/tiny/paths-info/${COMMIT}`)
      return json(response, describe(repo, await body(request)));
    const file = path.split(`/owner/tiny/resolve/${COMMIT}/`)[1];
    const data = file === undefined ? undefined : repo.files[file];
    if (!data) return void response.writeHead(404, { "x-error-code": "RepoNotFound" }).end();
    sendRange(request, response, data);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const hub: TinyHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    before: () => false,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return hub;
}

/** The file, or the part of it that is asked for. */
export function sendRange(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  data: Buffer,
  most?: number,
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start > 0 && start >= data.length) return void response.writeHead(416).end();
  if (start > 0) response.setHeader("content-range", `bytes ${start}-${data.length - 1}/${data.length}`);
  response.writeHead(start > 0 ? 206 : 200, { "content-length": data.length - start });
  if (most === undefined) response.end(data.subarray(start));
  // Promises all, sends so much and hangs up.
  else response.write(data.subarray(start, start + most), () => response.destroy());
}

function json(response: http.ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function body(request: http.IncomingMessage): Promise<string[]> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text).paths;
}

function describe({ files, large }: TinyRepo, paths: string[]): unknown[] {
  return paths
    .filter((path) => files[path])
    .map((path) => {
      const data = files[path] as Buffer;
      const lfs = large.includes(path) ? { lfs: { oid: sha256(data), size: data.length, pointerSize: 130 } } : {};
      return { type: "file", path, size: data.length, oid: gitSha1(data), ...lfs };
    });
}

/** The model of a folder as a repository. */
export function repoOf(folder: string): TinyRepo {
  const names = ["config.json", "preprocessor_config.json", "model.safetensors"];
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  return { files, large: ["model.safetensors"] };
}

/** The variables that lead to this hub, and to a cache of one's own. */
export function hubEnvironment({ url }: TinyHub, home: string): Record<string, string> {
  const unset = ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE"];
  return {
    ...Object.fromEntries([...unset, "TRANSFORMERS_OFFLINE"].map((name) => [name, ""])),
    HF_HOME: home,
    HF_ENDPOINT: url,
    HF_HUB_DOWNLOAD_TIMEOUT: "5",
  };
}
