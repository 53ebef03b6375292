import { expect, it } from "vitest";
import { readConnection } from "../../../src/kernel/front/connection";
import { KernelError } from "../../../src/kernel/kernel-error";
import { scriptFolder } from "../scripts";

const { script } = scriptFolder();
const FIELDS = {
  transport: "tcp",
  ip: "127.0.0.1",
  shell_port: 5001,
  control_port: 5002,
  iopub_port: 5003,
  stdin_port: 5004,
  hb_port: 5005,
  key: "secret",
  signature_scheme: "hmac-sha256",
};
const read = (content: unknown) => readConnection(script("connection", JSON.stringify(content)));

it("reads the addresses of the sockets", () => {
  expect(read(FIELDS).addresses).toMatchObject({ shell: "tcp://127.0.0.1:5001", hb: "tcp://127.0.0.1:5005" });
  expect(read({ ...FIELDS, transport: "ipc", ip: "/run/k" }).addresses.iopub).toBe("ipc:///run/k-5003");
});

it.each<[string, unknown]>([
  ["it holds no JSON object", null],
  ["it holds no JSON object", [1]],
  ['it has no "ip"', { ...FIELDS, ip: undefined }],
  ['its transport is "xyz", not "tcp" or "ipc"', { ...FIELDS, transport: "xyz" }],
  ['its signature_scheme is "hmac-nope"', { ...FIELDS, signature_scheme: "hmac-nope" }],
  ['its shell_port is "abc", not a number from 1 to 65535', { ...FIELDS, shell_port: "abc" }],
  ['its hb_port is "99999", not a number from 1 to 65535', { ...FIELDS, hb_port: 99999 }],
])("says with the file's name: %s", (why, content) => {
  expect(() => read(content)).toThrow(KernelError);
  expect(() => read(content)).toThrow(`connection.js is no connection file: ${why}`);
});

it("takes any scheme where there is no key: nothing is signed", () => {
  expect(read({ ...FIELDS, key: "", signature_scheme: "" }).key).toBe("");
});
