import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import type { ByteImage } from "../../src/data/byte-image";
import { cropImage } from "../../src/data/crop-image";
import { cropSquare, encodePng, readImage, resizeImage, writePng } from "../../src/data/image-file";
import { useEngine } from "../../src/tensor/node/engine";
import { temporaryFolder } from "./helpers";

beforeAll(() => useEngine("cpu", { quiet: true }));

// 3 wide, 2 high: red, green, blue; black, white, gray.
const small: ByteImage = {
  width: 3,
  height: 2,
  channels: 3,
  pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 128, 128, 128),
};

describe("writePng and readImage", () => {
  it("give back the same bytes", async () => {
    const file = path.join(temporaryFolder(), "new", "small.png");
    await writePng(file, small);
    expect(await readImage(file)).toEqual(small);
    expect(readdirSync(path.dirname(file))).toEqual(["small.png"]);
  });

  it("write gray as three equal channels", async () => {
    const file = path.join(temporaryFolder(), "grey.png");
    await writePng(file, { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(7, 200) });
    expect([...(await readImage(file)).pixels]).toEqual([7, 7, 7, 200, 200, 200]);
  });

  it("lay what is transparent on white", async () => {
    const file = path.join(temporaryFolder(), "clear.png");
    // A PNG of one pixel: red at alpha 128.
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DQAAAEgQGALFXOsAAAAABJRU5ErkJggg==";
    writeFileSync(file, Buffer.from(png, "base64"));
    const [red, green, blue] = (await readImage(file)).pixels;
    expect([red, green, blue]).toEqual([255, 127, 127]);
  });

  it("leave nothing where a file can't be written", async () => {
    const dir = temporaryFolder();
    mkdirSync(path.join(dir, "taken.png"));
    await expect(writePng(path.join(dir, "taken.png"), small)).rejects.toThrow(
      new VitlabError(
        `${dir}/taken.png could not be written: there is a folder of that name; remove it or choose another folder`,
      ),
    );
    expect(readdirSync(dir)).toEqual(["taken.png"]);
  });

  it("end with a sentence where the system allows no folder", async () => {
    await expect(writePng("/proc/vitlab/deep/small.png", small)).rejects.toThrow(VitlabError);
  });

  it("refuse an image whose bytes don't fit its size", async () => {
    const file = path.join(temporaryFolder(), "x.png");
    await expect(writePng(file, { ...small, width: 4 })).rejects.toThrow(
      new VitlabError("image has 18 bytes: 2x4x3 are 24"),
    );
    expect(existsSync(file)).toBe(false);
  });
});

describe("readImage says in one sentence", () => {
  const cases: [string, (file: string) => void, string][] = [
    ["that a file is missing", () => undefined, "there is no file FILE: give the path of a picture"],
    [
      "that a file is empty",
      (file) => writeFileSync(file, ""),
      "FILE is empty (0 bytes): a PNG, JPEG or other picture was expected",
    ],
    [
      "that text is not a picture, whatever its name",
      (file) => writeFileSync(file, "I am a text file, honestly.\n"),
      "FILE is not a picture that can be read: a whole PNG, JPEG, WebP, AVIF, BMP, GIF or TIFF file was expected",
    ],
    ["that a folder is not a picture", (file) => mkdirSync(file), "FILE is a folder: give the path of a picture in it"],
  ];

  it.each(cases)("%s", async (_, make, message) => {
    const file = path.join(temporaryFolder(), "picture.png");
    make(file);
    await expect(readImage(file)).rejects.toThrow(new VitlabError(message.replace("FILE", file)));
  });

  it("that a picture is cut off", async () => {
    const file = path.join(temporaryFolder(), "picture.png");
    await writePng(file, {
      width: 64,
      height: 64,
      channels: 1,
      pixels: new Uint8Array(4096).map((_, i) => (i * 37) % 256),
    });
    const data = readFileSync(file);
    writeFileSync(file, data.subarray(0, data.length / 2));
    await expect(readImage(file)).rejects.toThrow(
      /picture\.png is a PNG file that is cut off: get a whole copy of it$/,
    );
  });
});

describe("readImage refuses before it reads", () => {
  it("a named pipe, a socket and a device, without waiting for them", async () => {
    const dir = temporaryFolder();
    const pipe = path.join(dir, "pipe.png");
    execFileSync("mkfifo", [pipe]);
    const socket = path.join(dir, "socket.png");
    const server = createServer().listen(socket);
    await once(server, "listening");
    const device = path.join(dir, "device.png");
    symlinkSync("/dev/zero", device);
    for (const [file, kind] of [
      [pipe, "a named pipe"],
      [socket, "a socket or a device"],
      [device, "a device"],
    ] as const)
      await expect(readImage(file)).rejects.toThrow(
        new VitlabError(`${file} is ${kind}, not a file with bytes to read: give the path of a file`),
      );
    server.close();
  });

  it("a file of more than 512 MB", async () => {
    const file = path.join(temporaryFolder(), "large.png");
    writeFileSync(file, "");
    truncateSync(file, 600e6);
    await expect(readImage(file)).rejects.toThrow(
      new VitlabError(`${file} has 600 MB: files of its kind are read up to 512 MB; is it the right one?`),
    );
  });
});

describe("readImage of bytes", () => {
  /** What `encodePng` makes of the small image: bytes as a request brings them. */
  const bytes = () => encodePng(small);

  it("gives what it gives of a file, and leaves the bytes as they are", async () => {
    const given = await bytes();
    const before = Uint8Array.from(given);
    expect(await readImage(given)).toEqual(small);
    expect(Uint8Array.from(given)).toEqual(before);
    expect(await readImage(before)).toEqual(small);
  });

  it.each([
    ["nothing", async () => new Uint8Array(), /^the picture is empty \(0 bytes\): a PNG, JPEG or other picture was/],
    ["text", async () => Buffer.from("hello"), /^the picture is not a picture that can be read: a whole PNG, JPEG/],
    ["half a picture", async () => (await bytes()).subarray(0, 50), /^the picture is a PNG file that is cut off/],
  ])("refuses %s", async (_, given, message) => {
    await expect(readImage(await given())).rejects.toThrow(message);
  });

  it("refuses what is neither a path nor bytes", async () => {
    await expect(readImage(undefined as unknown as string)).rejects.toThrow(
      new VitlabError("readImage got undefined: give the path of a picture, or the bytes of its file"),
    );
  });
});

describe("readImage with a limit", () => {
  const board = readFileSync(path.join(__dirname, "..", "..", "data", "chelsea.png"));

  it("takes a picture of so many pixels, and refuses one of more by its header", async () => {
    expect(await readImage(board, { megapixels: 0.1353 })).toMatchObject({ width: 451, height: 300 });
    await expect(readImage(board, { megapixels: 0.1352 })).rejects.toThrow(
      new VitlabError(
        "the picture claims to be 300x451 pixels large, and pictures of up to 0.1352 megapixels are taken: make it smaller first",
      ),
    );
  });

  it("refuses a limit that is none, and other options", async () => {
    await expect(readImage(board, { megapixels: 0 })).rejects.toThrow("megapixels is 0: it must be above 0");
    await expect(readImage(board, { pixels: 5 } as object)).rejects.toThrow("readImage has no option pixels");
  });
});

describe("resizeImage", () => {
  it("averages what shrinks, so that a fine chequerboard becomes gray", async () => {
    const board = new Uint8Array(64 * 64 * 3).map((_, i) => {
      const pixel = Math.floor(i / 3);
      return ((pixel % 64) + Math.floor(pixel / 64)) % 2 ? 255 : 0;
    });
    const gray = await resizeImage({ width: 64, height: 64, channels: 3, pixels: board }, { width: 8, height: 8 });
    for (const value of gray.pixels) expect(Math.abs(value - 127.5)).toBeLessThan(3);
  });

  it("keeps an even color, larger or smaller, square or not", async () => {
    const even = {
      width: 5,
      height: 7,
      channels: 3,
      pixels: new Uint8Array(105).map((_, i) => [10, 120, 250][i % 3] ?? 0),
    };
    for (const size of [
      { width: 11, height: 3 },
      { width: 2, height: 20 },
    ]) {
      const { width, height, pixels } = await resizeImage(even, size);
      expect([width, height]).toEqual([size.width, size.height]);
      expect([...pixels]).toEqual(Array.from({ length: width * height * 3 }, (_, i) => [10, 120, 250][i % 3]));
    }
  });

  it("of the same size is a copy", async () => {
    const copy = await resizeImage(small, { width: 3, height: 2 });
    expect(copy).toEqual(small);
    expect(copy.pixels).not.toBe(small.pixels);
  });

  it("refuses a side of 0", async () => {
    await expect(resizeImage(small, { width: 0, height: 2 })).rejects.toThrow(
      new VitlabError("width is 0: it must be a whole number, 1 or more"),
    );
  });
});

describe("cropSquare and cropImage", () => {
  it("take the middle", () => {
    expect(cropSquare({ width: 4, height: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) })).toEqual({
      width: 2,
      height: 2,
      channels: 1,
      pixels: Uint8Array.of(2, 3, 6, 7),
    });
  });

  it("refuse a rectangle that sticks out", () => {
    expect(() => cropImage(small, { left: 2, top: 0, width: 2, height: 1 })).toThrow(
      new VitlabError("a crop of 1x2 from column 2, row 0 is not inside an image of 2x3"),
    );
  });
});
