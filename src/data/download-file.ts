import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import type http from "node:http";
import path from "node:path";
import { VitlabError } from "../base/error";
import { makeFolder } from "../base/node/folder";
import { checkOnline } from "../base/node/offline";

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes here, those of earlier tries included. */
  received: number;
  /** Bytes in all, or undefined where the server doesn't say. */
  total: number | undefined;
}

/** What the whole file must have; a git SHA-1 is that of git's blob: of `blob`, the size and the contents. */
export interface FileDigest {
  name: "MD5" | "SHA-256" | "git SHA-1";
  value: string;
}

/** A server's answer that is no file. */
export class ServerRefusal extends VitlabError {
  // Private, so that a person who is shown the error sees its sentence.
  readonly #response: http.IncomingMessage;

  constructor(message: string, response: http.IncomingMessage) {
    super(message);
    this.#response = response;
  }

  get status(): number {
    return this.#response.statusCode ?? 0;
  }

  /** The server's headers, which may say why. */
  get headers(): http.IncomingHttpHeaders {
    return this.#response.headers;
  }
}

/** How `downloadFile` works. */
interface DownloadOptions {
  digest: FileDigest;
  /** Where the file grows. Default `FILE.part`. */
  part?: string;
  /** Size of the whole file: whoever sends more is cut off there. */
  bytes: number;
  /** Sent to the address itself, not to another server that it leads to. */
  headers?: http.OutgoingHttpHeaders;
  /** How long nothing may come, in milliseconds. Default 60,000. */
  silence?: number;
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
}

const RECONNECTIONS = 5;
const REDIRECTIONS = 5;
const SILENCE_MS = 60_000;
const MOST_WAITING_BYTES = 16_000_000;

/**
 * Downloads a file, unless it is there with the right digest: under its name there is the whole, verified file or nothing.
 *
 * What has come is kept beside it, and the next try asks the server for the rest. A connection that breaks is made
 * anew up to five times, as long as something came through it.
 *
 * @throws VitlabError when the server can't be reached or refuses, the connection breaks, more comes than the file has,
 *   the digest is wrong, or nothing can be written.
 * @throws the signal's reason when `signal` is aborted.
 */
export async function downloadFile(url: string, file: string, options: DownloadOptions): Promise<void> {
  const here = await sizeOf(file);
  const { name, value } = options.digest;
  if (here > 0 && (await digestOf(file, name)) === value) {
    options.onProgress?.({ received: here, total: here });
    return;
  }
  const { part = `${file}.part` } = options;
  await writing(part, () => makeFolder(path.dirname(file)));
  // Longer than the whole: no part of it.
  if ((await sizeOf(part)) > options.bytes) await writing(part, () => rm(part, { force: true }));
  let mayBeStale = (await sizeOf(part)) > 0;
  for (;;) {
    await receive(url, part, options).catch(async (error: unknown) => {
      // What came before may belong to the other file as well.
      if (error instanceof TooLong) await rm(part, { force: true });
      throw error;
    });
    const digest = await digestOf(part, name);
    if (digest === value) break;
    await rm(part, { force: true });
    // Half of one version and half of another: only a download in one piece shows what the server has.
    if (!mayBeStale)
      throw new VitlabError(
        `what came from ${url} has ${name} ${digest} and should have ${value}: it was thrown away; try again, or from another address`,
      );
    mayBeStale = false;
  }
  await writing(file, () => rename(part, file));
}

async function receive(url: string, part: string, options: DownloadOptions): Promise<void> {
  for (let reconnections = 0; ; reconnections++) {
    options.signal?.throwIfAborted();
    const before = await sizeOf(part);
    const outcome = await receiveOnce(url, part, before, options);
    if (outcome === undefined) return;
    const after = await sizeOf(part);
    if (after === before || reconnections === RECONNECTIONS)
      throw new VitlabError(
        `the download of ${url} broke off after ${after} bytes (${outcome}): try again, it goes on where it stopped`,
      );
  }
}

/** Undefined when everything came, otherwise why the connection broke. */
async function receiveOnce(
  url: string,
  part: string,
  have: number,
  options: DownloadOptions,
): Promise<string | undefined> {
  const { onProgress, signal, bytes } = options;
  const response = await request(url, have > 0 ? { range: `bytes=${have}-` } : {}, options);
  const status = response.statusCode ?? 0;
  // Nothing after the last byte that is here already: the file is whole, or the MD5 will tell.
  if (status === 416 && have > 0) {
    response.destroy();
    return undefined;
  }
  const goesOn = status === 206 && response.headers["content-range"]?.startsWith(`bytes ${have}-`);
  if (status !== 200 && !goesOn) {
    response.destroy();
    throw new ServerRefusal(
      `${url} answered ${status} ${response.statusMessage}: the file can't be had from there`,
      response,
    );
  }
  let received = goesOn ? have : 0;
  const length = response.headers["content-length"];
  const total = length === undefined ? undefined : received + Number(length);
  if (total !== undefined && total > bytes) {
    response.destroy();
    throw tooLong(url, `announced ${total.toLocaleString("en-US")} bytes`, bytes);
  }
  const body = bodyOf(response);
  const output = await writing(part, () => open(part, goesOn ? "a" : "w")).catch((error: unknown) => {
    response.destroy();
    throw error;
  });
  try {
    onProgress?.({ received, total });
    for await (const chunk of body) {
      if (received + chunk.length > bytes) throw tooLong(url, "went on sending", bytes);
      await writing(part, () => writeAll(output, chunk));
      signal?.throwIfAborted();
      received += chunk.length;
      onProgress?.({ received, total });
    }
    await writing(part, () => output.sync());
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof BrokenConnection)) throw error;
    return error.message;
  } finally {
    response.destroy();
    await output.close();
  }
}

class TooLong extends VitlabError {}

function tooLong(url: string, what: string, bytes: number): TooLong {
  return new TooLong(
    `${url} ${what}, and the file has ${bytes.toLocaleString("en-US")} bytes: it is another file, and nothing of it was kept; try again later, or from another address`,
  );
}

/** Told apart from what a progress callback or a full disk throws: only this is worth another connection. */
class BrokenConnection extends Error {}

/**
 * What comes, piece by piece.
 *
 * Taken from the stream from now on and kept here: a stream that breaks drops what nobody has taken yet.
 */
function bodyOf(response: http.IncomingMessage): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let end: "open" | "whole" | Error = "open";
  let wake: () => void = () => undefined;
  response.on("data", (chunk: Uint8Array) => {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_WAITING_BYTES) response.pause();
    wake();
  });
  response.once("end", () => {
    end = "whole";
    wake();
  });
  response.on("error", (error: Error) => {
    end = error;
    wake();
  });
  return pieces();

  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (let chunk = waiting.shift(); chunk; chunk = waiting.shift()) {
        bytes -= chunk.length;
        yield chunk;
      }
      response.resume();
      const state = end as "open" | "whole" | Error;
      if (state === "whole") return;
      if (state !== "open") throw new BrokenConnection(state.message);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

/**
 * The answer to a GET, redirections followed.
 *
 * Not `fetch`: that unpacks an archive which a server labels with a content encoding, and a range of the file would
 * not be a range of what comes out.
 */
async function request(
  url: string,
  range: http.OutgoingHttpHeaders,
  options: DownloadOptions,
): Promise<http.IncomingMessage> {
  const { signal, silence = SILENCE_MS } = options;
  let address = parseUrl(url);
  checkOnline(url);
  const { origin } = address;
  for (let redirections = 0; ; redirections++) {
    const headers = { ...(address.origin === origin && options.headers), ...range };
    const response = await requestOnce(address, headers, { signal, silence }).catch((error: NodeJS.ErrnoException) => {
      signal?.throwIfAborted();
      throw new VitlabError(
        `${url} can't be reached (${error.code ?? error.message}): check the connection and try again`,
      );
    });
    const { location } = response.headers;
    if (!location || !response.statusCode || response.statusCode < 300 || response.statusCode > 399) return response;
    response.destroy();
    if (redirections === REDIRECTIONS)
      throw new VitlabError(`${url} leads from address to address without end: the file can't be had from there`);
    address = parseUrl(new URL(location, address).href);
  }
}

function requestOnce(
  address: URL,
  headers: http.OutgoingHttpHeaders,
  { signal, silence }: { signal: AbortSignal | undefined; silence: number },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Loaded with the first download: most processes have none.
    const { get } = require(address.protocol === "https:" ? "node:https" : "node:http") as typeof http;
    const asked = get(address, { headers: { ...headers, "accept-encoding": "identity" }, ...(signal && { signal }) });
    asked.once("response", resolve);
    asked.on("error", reject);
    asked.setTimeout(silence, () => asked.destroy(new Error(`nothing came for ${silence / 1000} s`)));
  });
}

function parseUrl(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol !== "https:" && address?.protocol !== "http:")
    throw new VitlabError(`${url} is not an address to download from: it must start with https:// or http://`);
  return address;
}

async function writeAll(output: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; )
    written += (await output.write(bytes, written, bytes.length - written)).bytesWritten;
}

/** Does what writes to `file`, and turns a failure into one sentence. */
async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VitlabError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOSPC" ? "the disk is full" : message;
    throw new VitlabError(`${file} can't be written (${why}): make room or name another folder, then try again`);
  }
}

async function digestOf(file: string, name: FileDigest["name"]): Promise<string> {
  const size = await sizeOf(file);
  const hash = createHash(name === "MD5" ? "md5" : name === "SHA-256" ? "sha256" : "sha1");
  if (name === "git SHA-1") hash.update(`blob ${size}\0`);
  if (size > 0) for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
