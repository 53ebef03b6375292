import { expect, it } from "vitest";
import { VitlabError } from "../../src/base/error";
import { tarFiles } from "../../src/data/tar";
import { tar } from "./helpers";

it("reads the files of an archive, sizes that don't fill a block included", () => {
  const members = [
    { name: "a/one.bin", data: Buffer.alloc(513, 1) },
    { name: "a/empty", data: Buffer.alloc(0) },
    { name: "a/two.bin", data: Buffer.alloc(512, 2) },
  ];
  const read = [...tarFiles(tar(members))].map(({ name, data }) => ({ name, data: Buffer.from(data) }));
  expect(read).toEqual(members);
});

it("passes over folders and links", () => {
  const archive = tar([
    { name: "a/", data: Buffer.alloc(0), type: "5" },
    { name: "a/link", data: Buffer.alloc(0), type: "2" },
    { name: "a/file", data: Buffer.from("x") },
  ]);
  expect([...tarFiles(archive)].map(({ name }) => name)).toEqual(["a/file"]);
});

it("says that an archive is cut off or damaged", () => {
  const archive = tar([{ name: "a", data: Buffer.alloc(2000, 1) }]);
  expect(() => [...tarFiles(archive.subarray(0, 1024))]).toThrow(
    new VitlabError("the tar archive is cut off: a ends after byte 1024"),
  );
  archive[0] = 0x62;
  expect(() => [...tarFiles(archive)]).toThrow(
    new VitlabError("the tar archive is damaged at byte 0: its header doesn't match its checksum"),
  );
});
