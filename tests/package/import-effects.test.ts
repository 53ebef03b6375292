import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "..", "..");

/** What other users of TensorFlow.js in a process could see: taken before and after vitlab is imported. */
const program = (theirs: string) => `
const tf = require("${theirs}");
const util = require("node:util");
const seen = () => JSON.stringify({
  flags: tf.env().getFlags(),
  backend: tf.getBackend(),
  backends: tf.engine().backendNames(),
  kernels: tf.getKernelsForBackend("cpu").length,
  memory: tf.memory(),
  environment: process.env,
  globals: Object.getOwnPropertyNames(globalThis).filter((name) => name !== "module"),
  util: Object.getOwnPropertyNames(util),
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
});
tf.setBackend("cpu");
const kept = tf.tensor([1, 2, 3]);
const before = seen();
require("vitlab");
require("vitlab/kernel");
const same = seen() === before;
const gradient = tf.grad((x) => tf.sum(tf.mul(x, x)))(kept);
console.log(same, kept.add(1).dataSync().join(), gradient.dataSync().join(), tf.getBackend());
if (!same) console.log(before, seen());`;

// The union package is there where tfjs-node is: that asks for it.
it("importing vitlab changes nothing for others who use TensorFlow.js in the process", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", program("@tensorflow/tfjs")], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stdout).toBe("true 2,3,4 2,4,6 cpu\n");
  // Its own advice to install another backend, and nothing more.
  expect(stderr.split("\n").filter((line) => /^\S/.test(line) && !/^(=+|Hi, looks like)/.test(line))).toEqual([]);
});

it("leaves the default backend to whoever asks first", () => {
  const code = `const { tf } = require("vitlab"); console.log(tf.getBackend()); tf.tensor([1]).print();`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", code], { cwd: root, encoding: "utf8" });
  expect(stdout).toMatch(/^undefined\nTensor/);
  expect(stderr).toBe("");
});
