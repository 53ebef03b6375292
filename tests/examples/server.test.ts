// The example server as its reader runs it: a process of its own, with the package as it is built.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageAt } from "../../src/data/dataset";
import { encodePng } from "../../src/data/image-file";
import { shapes } from "../../src/data/shapes";
import { exampleCode, Watched } from "./watched";

const root = path.join(__dirname, "..", "..");
const photograph = readFileSync(path.join(root, "data", "chelsea.png"));
const jpeg = readFileSync(path.join(root, "tests", "goldens", "pictures", "baseline.jpg"));

let server: Watched;
let address: string;

beforeAll(async () => {
  server = new Watched(`${exampleCode("server")}; exports.main({ port: 0 }).then((address) => process.send(address));`);
  address = await server.message<string>();
}, 60_000);

afterAll(() => {
  server.process.kill("SIGKILL");
});

const post = (route: string, body?: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) =>
  fetch(address + route, { method: "POST", body, headers });

interface Answer {
  classes: { className: string; probability: number }[];
  attention: { axes: { name: string }[]; shape: number[]; data: number[] };
}

async function predict(picture: Uint8Array<ArrayBuffer>): Promise<Answer> {
  return (await post("/predict", picture)).json() as Promise<Answer>;
}

/** A PNG of few bytes that unpacks to a black square of this side. */
function blackPng(side: number): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1; // one bit a pixel, gray
  const chunk = (name: string, content: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(name), content]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(content.length, 0);
    ends.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
  };
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))));
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([start, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", new Uint8Array())]);
}

describe("the server answers", () => {
  it("the probability of each class, and what came from each patch", async () => {
    const { classes, attention } = await predict(photograph);
    expect(classes).toHaveLength(10);
    expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    expect(classes.sort((a, b) => b.probability - a.probability)[0]?.className).toBe("cat");
    expect(attention.axes.map(({ name }) => name)).toEqual(["image", "row", "column"]);
    expect([attention.shape, attention.data.length]).toEqual([[1, 8, 8], 64]);
  });

  it("where the model looked, as a picture", async () => {
    const answer = await post("/attention", jpeg, { "content-type": "image/jpeg" });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"]);
    expect(Buffer.from(await answer.arrayBuffer()).toString("latin1", 1, 4)).toBe("PNG");
  });

  it("requests that come together as it answers each alone", async () => {
    const drawn = shapes({ count: 16, seed: 3 });
    const pictures = await Promise.all(Array.from({ length: 16 }, (_, i) => encodePng(imageAt(drawn, i))));
    const alone: Answer[] = [];
    for (const picture of pictures) alone.push(await predict(Uint8Array.from(picture)));
    const together = await Promise.all(pictures.map((picture) => predict(Uint8Array.from(picture))));
    expect(together).toEqual(alone);
    expect(new Set(alone.map(({ classes }) => JSON.stringify(classes))).size).toBe(16);
  });
});

describe("the server refuses in one sentence", () => {
  const refused: [string, Uint8Array<ArrayBuffer> | string | undefined, RegExp][] = [
    ["no body", undefined, /^the picture is empty \(0 bytes\): a PNG, JPEG or other picture was expected$/],
    ["an empty body", new Uint8Array(), /^the picture is empty \(0 bytes\)/],
    ["text", "a cat", /^the picture is not a picture that can be read: a whole PNG, JPEG,/],
    ["half a PNG", photograph.subarray(0, 50_000), /^the picture is a PNG file that is cut off: get a whole copy/],
    ["half a JPEG", jpeg.subarray(0, jpeg.length / 2), /^the picture is a JPEG file that is cut off: get a whole/],
    ["a few bytes that unpack to 100 megapixels", blackPng(10_000), /to be 10000x10000 pixels large, and pictures of/],
  ];

  it.each(refused)("%s", async (_, body, message) => {
    for (const route of ["/predict", "/attention"]) {
      const answer = await post(route, body, { "content-type": "image/png" });
      expect(answer.status).toBe(400);
      expect(((await answer.json()) as { message: string }).message).toMatch(message);
    }
    // And goes on.
    expect((await post("/predict", photograph)).status).toBe(200);
  });

  it("more than 8 MB, before they come", async () => {
    const asked = request(`${address}/predict`, { method: "POST", headers: { "content-length": 8e6 + 1 } });
    asked.flushHeaders();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    expect(JSON.parse(String(await answer.toArray()))).toMatchObject({ message: "Request body is too large" });
    asked.destroy();
  });

  it("text that says it is JSON", async () => {
    expect((await post("/predict", "{}", { "content-type": "application/json" })).status).toBe(400);
  });
});

describe("the server's process", () => {
  it("takes no more tensors and no more memory after 500 requests than after 100", { timeout: 180_000 }, async () => {
    const small = Uint8Array.from(await encodePng(imageAt(shapes({ count: 1 }), 0)));
    const ask = async (count: number) => {
      for (let i = 0; i < count; i += 4) {
        const one = i % 40 === 0 ? post("/attention", small) : post("/predict", photograph);
        const answers = await Promise.all([one, ...[1, 2, 3].map(() => post("/predict", photograph))]);
        for (const answer of answers) {
          expect(answer.status).toBe(200);
          await answer.arrayBuffer();
        }
      }
      return server.state();
    };
    const before = await ask(100);
    const after = await ask(400);
    expect(after.tensors).toBe(before.tensors);
    // Were the pixels of each picture kept, it would be 160 MB.
    expect((after.rss - before.rss) / 1e6).toBeLessThan(40);
  });

  it("has loaded neither Plotly nor jsdom, which a process that draws a plot has", async () => {
    const { packages } = await server.state();
    expect(packages).toEqual(expect.arrayContaining(["fastify", "@napi-rs/canvas"]));
    expect(packages.filter((name) => /plotly|jsdom|jimp|tslab|zeromq|typescript/.test(name))).toEqual([]);
    const code =
      'require("vitlab").heatmap([[1, 2]]).png().then(() => process.send("drawn")); setInterval(() => {}, 1000);';
    const plot = new Watched(code);
    await plot.message();
    const drawing = await plot.state();
    plot.process.kill();
    expect(drawing.packages).toEqual(expect.arrayContaining(["jsdom", "plotly.js-dist"]));
  });

  it("answers what has come in when it is told to end, waits for no client that stalls, and leaves no tensor", async () => {
    const stalled = connect(Number(new URL(address).port));
    stalled.on("error", () => {});
    stalled.write("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf");
    const asked = Array.from({ length: 4 }, () => post("/attention", photograph));
    await Promise.race(asked);
    const ended = once(server.process, "exit");
    server.process.kill("SIGTERM");
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await ended).toEqual([0, null]);
    expect(server.output).toMatch(/tensors left: 0\n$/);
    await expect(post("/predict", photograph)).rejects.toThrow("fetch failed");
  });
});
