import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { VitlabError } from "../../src/base/error";
import { readCifar10 } from "../../src/data/cifar10";
import { dataFolder } from "../../src/data/cifar10-files";
import { downloadCifar10Files } from "../../src/data/download-cifar10";
import type { DownloadProgress } from "../../src/data/download-file";
import { md5, tar, temporaryFolder, tinyCifar10, writeTinyCifar10 } from "./helpers";

const { archive, files, contents } = tinyCifar10();
const servers: http.Server[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on this machine; returns its address and the `range` header of each request. */
async function serve(answer: http.RequestListener): Promise<{ url: string; ranges: (string | undefined)[] }> {
  const ranges: (string | undefined)[] = [];
  const server = http.createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar.tar.gz`, ranges };
}

/** Answers with the archive, or the part of it asked for. */
function whole(request: http.IncomingMessage, response: http.ServerResponse, data = archive): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (start >= data.length) {
    response.writeHead(416).end();
    return;
  }
  if (start > 0) response.setHeader("content-range", `bytes ${start}-${data.length - 1}/${data.length}`);
  response.writeHead(start > 0 ? 206 : 200, { "content-length": data.length - start }).end(data.subarray(start));
}

/** Promises the whole rest, sends so many bytes of it and hangs up. */
function hangUpAfter(bytes: number): http.RequestListener {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (start > 0) response.setHeader("content-range", `bytes ${start}-${archive.length - 1}/${archive.length}`);
    response.writeHead(start > 0 ? 206 : 200, { "content-length": archive.length - start });
    response.write(archive.subarray(start, start + bytes), () => response.destroy());
  };
}

describe("downloadCifar10", () => {
  it("downloads, verifies, unpacks, and leaves nothing else behind", async () => {
    const dir = path.join(temporaryFolder(), "new", "data");
    const { url } = await serve(whole);
    const folder = await downloadCifar10Files({ dir, url }, files);
    expect(folder).toBe(path.join(dir, "cifar-10-batches-bin"));
    expect(readdirSync(dir)).toEqual(["cifar-10-batches-bin"]);
    expect(readdirSync(folder)).toEqual([...contents.keys()].sort());
    expect((await readCifar10(folder, { split: "test" }, files)).length).toBe(20);
  });

  it("keeps out what an archive would put elsewhere", async () => {
    const dir = path.join(temporaryFolder(), "data");
    const { url } = await serve(whole);
    await downloadCifar10Files({ dir, url }, files);
    expect(existsSync(path.join(dir, "outside.txt"))).toBe(false);
    expect(existsSync(path.join(dir, "..", "outside.txt"))).toBe(false);
  });

  it("takes the address from VITLAB_CIFAR10_URL and the folder from VITLAB_DATA", async () => {
    const dir = temporaryFolder();
    vi.stubEnv("VITLAB_CIFAR10_URL", (await serve(whole)).url);
    vi.stubEnv("VITLAB_DATA", dir);
    expect(await downloadCifar10Files({}, files)).toBe(path.join(dir, "cifar-10-batches-bin"));
  });

  it("does nothing where a whole copy is, and downloads anew with overwrite", async () => {
    const dir = temporaryFolder();
    const { url, ranges } = await serve(whole);
    writeTinyCifar10(dir);
    await downloadCifar10Files({ dir, url }, files);
    await downloadCifar10Files({ dir: path.join(dir, "cifar-10-batches-bin"), url }, files);
    expect(ranges.length).toBe(0);
    await downloadCifar10Files({ dir, url, overwrite: true }, files);
    expect(ranges.length).toBe(1);
    expect(readdirSync(dir)).toEqual(["cifar-10-batches-bin"]);
  });

  it("does nothing where the folder named holds the files itself, whatever its name", async () => {
    const dir = path.join(temporaryFolder(), "photographs");
    renameSync(writeTinyCifar10(temporaryFolder()), dir);
    const { url, ranges } = await serve(whole);
    vi.stubEnv("VITLAB_DATA", dir);
    expect(await downloadCifar10Files({ url }, files)).toBe(dir);
    expect(ranges).toEqual([]);
    expect(readdirSync(dir)).toEqual([...contents.keys()].sort());
  });

  it("unpacks a whole archive that an interrupted unpacking left, without downloading it again", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "cifar-10-binary.tar.gz"), archive);
    const { url, ranges } = await serve(whole);
    const told: DownloadProgress[] = [];
    await downloadCifar10Files({ dir, url, onProgress: (progress) => told.push(progress) }, files);
    expect(ranges).toEqual([]);
    expect(told).toEqual([{ received: archive.length, total: archive.length }]);
    expect(readdirSync(dir)).toEqual(["cifar-10-batches-bin"]);
  });

  it("downloads an archive anew that is not the right one", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "cifar-10-binary.tar.gz"), archive.subarray(0, 5000));
    const { url, ranges } = await serve(whole);
    await downloadCifar10Files({ dir, url }, files);
    expect(ranges).toEqual([undefined]);
    expect(readdirSync(dir)).toEqual(["cifar-10-batches-bin"]);
  });

  it("downloads into the clone's own data folder, wherever the program was started", () => {
    vi.stubEnv("VITLAB_DATA", "");
    vi.spyOn(process, "cwd").mockReturnValue(path.join(temporaryFolder(), "notebooks"));
    expect(dataFolder()).toBe(path.join(__dirname, "..", "..", "data"));
  });

  it("does not touch a damaged copy unless forced, and then replaces it", async () => {
    const dir = temporaryFolder();
    const { url } = await serve(whole);
    const folder = writeTinyCifar10(dir);
    writeFileSync(path.join(folder, "test_batch.bin"), "short");
    await expect(downloadCifar10Files({ dir, url }, files)).rejects.toThrow(
      "test_batch.bin has 5 bytes and should have 61460 (20 images): it is cut off; get a whole copy with `npx vitlab data cifar10 --overwrite`",
    );
    await downloadCifar10Files({ dir, url, overwrite: true }, files);
    expect(md5(readFileSync(path.join(folder, "test_batch.bin")))).toBe(files.md5["test_batch.bin"]);
  });

  it("goes on by itself where a connection broke", async () => {
    const dir = temporaryFolder();
    let requests = 0;
    const { url, ranges } = await serve((request, response) =>
      (requests++ === 0 ? hangUpAfter(50_000) : whole)(request, response),
    );
    await downloadCifar10Files({ dir, url }, files);
    expect(ranges).toEqual([undefined, "bytes=50000-"]);
  });

  it("keeps what came when it is stopped, and the next try asks for the rest", async () => {
    const dir = temporaryFolder();
    const { url, ranges } = await serve(whole);
    const stop = new AbortController();
    const stopping = downloadCifar10Files(
      { dir, url, signal: stop.signal, onProgress: ({ received }) => received > 0 && stop.abort() },
      files,
    );
    await expect(stopping).rejects.toThrow("aborted");
    const kept = statSync(path.join(dir, "cifar-10-binary.tar.gz.part")).size;
    expect(kept).toBeGreaterThan(0);
    expect(existsSync(path.join(dir, "cifar-10-batches-bin"))).toBe(false);
    await downloadCifar10Files({ dir, url }, files);
    expect(ranges[1]).toBe(`bytes=${kept}-`);
  });

  it("gives up after five connections anew, and says how much came", async () => {
    const dir = temporaryFolder();
    const { url, ranges } = await serve(hangUpAfter(1000));
    await expect(downloadCifar10Files({ dir, url }, files)).rejects.toThrow(
      `the download of ${url} broke off after 6000 bytes (aborted): try again, it goes on where it stopped`,
    );
    expect(ranges.length).toBe(6);
    expect(statSync(path.join(dir, "cifar-10-binary.tar.gz.part")).size).toBe(6000);
  });

  it("starts over with a server that can't send a part", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "cifar-10-binary.tar.gz.part"), archive.subarray(0, 5000));
    const { url } = await serve((_, response) => response.writeHead(200).end(archive));
    await downloadCifar10Files({ dir, url }, files);
    expect(readdirSync(dir)).toEqual(["cifar-10-batches-bin"]);
  });

  it("starts over when what was kept is of another file", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "cifar-10-binary.tar.gz.part"), Buffer.alloc(5000));
    const { url, ranges } = await serve(whole);
    await downloadCifar10Files({ dir, url }, files);
    expect(ranges).toEqual(["bytes=5000-", undefined]);
  });

  it("takes a part that is whole already", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "cifar-10-binary.tar.gz.part"), archive);
    const { url, ranges } = await serve(whole);
    await downloadCifar10Files({ dir, url }, files);
    expect(ranges).toEqual([`bytes=${archive.length}-`]);
  });

  it("throws away what has a wrong MD5", async () => {
    const dir = temporaryFolder();
    const { url } = await serve((_, response) => response.end("not the archive"));
    await expect(downloadCifar10Files({ dir, url }, files)).rejects.toThrow(
      new VitlabError(
        `what came from ${url} has MD5 ${md5(Buffer.from("not the archive"))} and should have ${files.archive.md5}: it was thrown away; try again, or from another address`,
      ),
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  it("writes no more than the archive has, whatever a server sends", async () => {
    const dir = temporaryFolder();
    let sent = 0;
    const { url } = await serve((_, response) => {
      response.writeHead(200);
      const more = () => {
        sent += archive.length;
        if (!response.destroyed && sent < 200e6) response.write(archive, more);
        else response.end();
      };
      more();
    });
    const size = archive.length.toLocaleString("en-US");
    const told: number[] = [];
    await expect(
      downloadCifar10Files({ dir, url, onProgress: ({ received }) => told.push(received) }, files),
    ).rejects.toThrow(
      new VitlabError(
        `${url} went on sending, and the file has ${size} bytes: it is another file, and nothing of it was kept; try again later, or from another address`,
      ),
    );
    expect(Math.max(...told)).toBeLessThanOrEqual(archive.length);
    expect(sent).toBeLessThan(100e6);
    expect(readdirSync(dir)).toEqual([]);
  });

  it("refuses what is announced to be longer than the archive before it comes", async () => {
    const dir = temporaryFolder();
    const { url } = await serve((_, response) => response.writeHead(200, { "content-length": 1e12 }).write("x"));
    await expect(downloadCifar10Files({ dir, url }, files)).rejects.toThrow(
      `${url} announced 1,000,000,000,000 bytes, and the file has ${archive.length.toLocaleString("en-US")} bytes: it is another file`,
    );
    expect(readdirSync(dir)).toEqual([]);
  });

  it("starts over where more is kept than the archive has", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "cifar-10-binary.tar.gz.part"), Buffer.alloc(archive.length + 1));
    const { url, ranges } = await serve(whole);
    await downloadCifar10Files({ dir, url }, files);
    expect(ranges).toEqual([undefined]);
  });

  it("never leaves a data set whose files are not whole", async () => {
    const dir = temporaryFolder();
    const short = gzipSync(tar([{ name: "cifar-10-batches-bin/data_batch_1.bin", data: Buffer.from("x") }]));
    const { url } = await serve((request, response) => whole(request, response, short));
    const wrong = { ...files, archive: { md5: md5(short), bytes: short.length } };
    await expect(downloadCifar10Files({ dir, url }, wrong)).rejects.toThrow("data_batch_1.bin has 1 bytes");
    expect(readdirSync(dir)).toEqual(["cifar-10-binary.tar.gz"]);
  });

  it("says what a server answers", async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end());
    await expect(downloadCifar10Files({ dir: temporaryFolder(), url }, files)).rejects.toThrow(
      new VitlabError(`${url} answered 404 Not Found: the file can't be had from there`),
    );
  });

  it("follows a redirection, not an endless one", async () => {
    const target = await serve(whole);
    const { url } = await serve((_, response) => response.writeHead(302, { location: target.url }).end());
    await downloadCifar10Files({ dir: temporaryFolder(), url }, files);
    const loop = await serve((request, response) => response.writeHead(302, { location: request.url }).end());
    await expect(downloadCifar10Files({ dir: temporaryFolder(), url: loop.url }, files)).rejects.toThrow(
      "leads from address to address without end",
    );
  });

  it("stores bytes as they are, whatever the server calls their encoding", async () => {
    const dir = temporaryFolder();
    const { url } = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(archive));
    expect(existsSync(await downloadCifar10Files({ dir, url }, files))).toBe(true);
  });

  it("says that nobody answers", async () => {
    const { url } = await serve(whole);
    const server = servers.pop() as http.Server;
    await new Promise((resolve) => server.close(resolve));
    await expect(downloadCifar10Files({ dir: temporaryFolder(), url }, files)).rejects.toThrow(
      new VitlabError(`${url} can't be reached (ECONNREFUSED): check the connection and try again`),
    );
  });

  it("refuses what is no address", async () => {
    await expect(downloadCifar10Files({ dir: temporaryFolder(), url: "cifar.tar.gz" }, files)).rejects.toThrow(
      new VitlabError("cifar.tar.gz is not an address to download from: it must start with https:// or http://"),
    );
  });

  it("asks for room before it starts", async () => {
    const { url, ranges } = await serve(whole);
    const huge = { ...files, archive: { ...files.archive, bytes: 1e18 } };
    const dir = temporaryFolder();
    await expect(downloadCifar10Files({ dir, url }, huge)).rejects.toThrow(
      new RegExp(
        `^CIFAR-10 needs \\d+ MB in ${dir} while it is unpacked, and \\d+ MB are free: make room or name another folder$`,
      ),
    );
    expect(ranges.length).toBe(0);
  });

  it("says that it can't write", async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, "data"), "a file, not a folder");
    const { url } = await serve(whole);
    await expect(downloadCifar10Files({ dir: path.join(dir, "data"), url }, files)).rejects.toThrow(
      new VitlabError(`${dir}/data is not a folder; choose another name`),
    );
  });

  it("clears away what an interrupted unpacking left", async () => {
    const dir = temporaryFolder();
    mkdirSync(path.join(dir, "cifar-10-batches-bin.part"));
    writeFileSync(path.join(dir, "cifar-10-batches-bin.part", "data_batch_1.bin"), "half");
    const { url } = await serve(whole);
    const folder = await downloadCifar10Files({ dir, url }, files);
    expect(statSync(path.join(folder, "data_batch_1.bin")).size).toBe(61460);
    expect(readdirSync(dir)).toEqual(["cifar-10-batches-bin"]);
  });

  it("tells how far it is, up to the end", async () => {
    const { url } = await serve(whole);
    const told: DownloadProgress[] = [];
    await downloadCifar10Files({ dir: temporaryFolder(), url, onProgress: (progress) => told.push(progress) }, files);
    expect(told[0]).toEqual({ received: 0, total: archive.length });
    expect(told.at(-1)).toEqual({ received: archive.length, total: archive.length });
  });
});
