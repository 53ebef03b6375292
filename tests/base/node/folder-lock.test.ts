import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VitlabError } from "../../../src/base/error";
import { checkUnlocked, lockFolder, whileLocked } from "../../../src/base/node/folder-lock";

const root = join(__dirname, "..", "..", "..");
let dir: string;
let lockFile: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "vitlab-lock-")), "run");
  lockFile = join(dir, "run.lock");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(join(dir, ".."), { recursive: true, force: true });
});

/** Another process that locks the folder; says "locked", or why not, and keeps the lock until it is told to go. */
function another(then = "process.stdin.once('data', () => { lock.release(); process.exit(); });") {
  const program = `const { lockFolder } = require("./src/base/node/folder-lock.ts");
    process.stdin.resume();
    process.stdin.once("data", () => lockFolder(${JSON.stringify(dir)}).then((lock) => { console.log("locked"); ${then} },
      (error) => { console.log(error.message); process.exit(); }));
    console.log("ready");`;
  const child = spawn(process.execPath, ["--require", "./tests/base/node/child/typescript.cjs", "-e", program], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  let said = "";
  const waiting: (() => void)[] = [];
  child.stdout.on("data", (chunk) => {
    said += chunk;
    for (const look of waiting) look();
  });
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (said.includes(text)) resolve();
      };
      waiting.push(look);
      look();
    });
  const end = new Promise<string>((resolve) => {
    child.once("exit", () => resolve(said.replace("ready\n", "").trim()));
  });
  return { says, end, go: () => child.stdin.write("go\n"), kill: () => child.kill("SIGKILL"), pid: child.pid };
}

function owner(): Record<string, unknown> {
  return JSON.parse(readFileSync(lockFile, "utf8"));
}

/** Makes the lock one of somebody else's. */
function rewrite(change: Record<string, unknown>): void {
  writeFileSync(lockFile, JSON.stringify({ ...owner(), ...change }));
}

describe("a locked folder", () => {
  it("names host, process and its start, and is as before when it is released", async () => {
    const lock = await lockFolder(dir);
    expect(owner()).toMatchObject({ host: hostname(), pid: process.pid, started: expect.any(String) });
    expect(readdirSync(dir)).toEqual(["run.lock"]);
    lock.release();
    lock.release();
    expect(existsSync(dir)).toBe(false);
  });

  it("stays where something was written, without its lock", async () => {
    const lock = await lockFolder(dir);
    writeFileSync(join(dir, "report.json"), "{}");
    lock.release();
    expect(readdirSync(dir)).toEqual(["report.json"]);
  });

  it("is refused to the same process a second time, and given to it again after its release", async () => {
    const lock = await lockFolder(dir);
    const again = () => lockFolder(join(dir, "..", "run"));
    await expect(again()).rejects.toThrow(
      /run is in use by another run of this program since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: await it, end it with run\.stop\(\) and await it, or give another folder$/,
    );
    await expect(lockFolder(dir, { overwrite: true })).rejects.toThrow("is in use by another run of this program");
    lock.release();
    (await again()).release();
  });

  it("is one folder however it is named", async () => {
    const lock = await lockFolder(dir);
    symlinkSync(dir, join(dir, "..", "link"));
    await expect(lockFolder(join(dir, "..", "link"))).rejects.toThrow("is in use by another run");
    lock.release();
  });

  it("is given to all of one command that shares it", async () => {
    const command = await lockFolder(dir, { shared: true });
    const within = await lockFolder(dir);
    within.release();
    await whileLocked(dir, async () => expect(existsSync(lockFile)).toBe(true));
    checkUnlocked(dir);
    await within.check();
    command.release();
    expect(existsSync(dir)).toBe(false);
  });

  it("is taken over from what was broken off in this process", async () => {
    let isUnderWay = true;
    const broken = await lockFolder(dir, { isUnderWay: () => isUnderWay });
    isUnderWay = false;
    checkUnlocked(dir);
    const lock = await lockFolder(dir);
    await expect(broken.check()).rejects.toThrow("was taken over by process");
    broken.release();
    await lock.check();
    lock.release();
    expect(existsSync(lockFile)).toBe(false);
  });

  it("locked by another process, is refused by its number, with overwrite as well, and free when that is done", async () => {
    const other = another();
    other.go();
    await other.says("locked");
    const refused = new RegExp(
      `run is in use by process ${other.pid} on host ${hostname()} since [-\\d]+ [:\\d]+ UTC: wait for it, stop it, or give another folder \\(--out\\)$`,
    );
    await expect(lockFolder(dir)).rejects.toThrow(refused);
    await expect(lockFolder(dir, { overwrite: true })).rejects.toThrow(refused);
    await expect(whileLocked(dir, async () => {})).rejects.toThrow(refused);
    expect(() => checkUnlocked(dir)).toThrow(refused);
    other.go();
    await other.end;
    (await lockFolder(dir)).release();
  });

  it("is taken over when its process was killed", async () => {
    const other = another();
    other.go();
    await other.says("locked");
    other.kill();
    await other.end;
    expect(owner().pid).toBe(other.pid);
    checkUnlocked(dir);
    const lock = await lockFolder(dir);
    expect(owner().pid).toBe(process.pid);
    lock.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it("is left free by a process that ends in the middle", async () => {
    const other = another("process.exit(3);");
    other.go();
    await other.end;
    expect(existsSync(lockFile)).toBe(false);
  });

  it("is taken over from a process whose number another one has now", async () => {
    mkdirSync(dir);
    const mine = await identity();
    writeFileSync(lockFile, JSON.stringify({ ...mine, started: `${mine.started}0`, token: "0".repeat(16) }));
    (await lockFolder(dir)).release();
  });

  it("of another host is taken over with overwrite only, and said to be", async () => {
    mkdirSync(dir);
    writeFileSync(lockFile, "{}");
    rewrite({
      ...(await identity()),
      host: "elsewhere",
      pid: 7,
      since: "2026-01-02T03:04:05.678Z",
      token: "a".repeat(16),
    });
    await expect(lockFolder(dir)).rejects.toThrow(
      new VitlabError(
        `${dir} is in use by process 7 on host elsewhere since 2026-01-02 03:04:05 UTC, and from here nobody can see whether that still runs: ` +
          `wait for it, or give another folder (--out); if it is dead, remove ${lockFile}, or replace the run (overwrite: true, --overwrite on the command line)`,
      ),
    );
    const lock = await lockFolder(dir, { overwrite: true });
    expect(owner().host).toBe(hostname());
    lock.release();
  });

  it.each([
    ["empty", () => writeFileSync(lockFile, "")],
    ["no JSON", () => writeFileSync(lockFile, '{"host":')],
    ["of other fields", () => writeFileSync(lockFile, '{"pid":"x","token":"../../x"}')],
    ["huge", () => writeFileSync(lockFile, "1".repeat(20_000))],
    ["a folder", () => mkdirSync(lockFile)],
    ["a link to nowhere", () => symlinkSync("nowhere", lockFile)],
  ])("with a lock that is %s is refused, and says which file to remove", async (_, write) => {
    mkdirSync(dir);
    write();
    await expect(lockFolder(dir)).rejects.toThrow(
      `${lockFile} can't be read, so that nobody knows whether a run writes there: if none does, remove that file`,
    );
  });

  it("taken over meanwhile ends the run that had it; removed by hand, it has it again", async () => {
    const lock = await lockFolder(dir);
    rmSync(dir, { recursive: true });
    await lock.check();
    expect(owner().pid).toBe(process.pid);
    rewrite({ host: "elsewhere", pid: 7, token: "b".repeat(16) });
    await expect(lock.check()).rejects.toThrow(
      /was taken over by process 7 on host elsewhere since .+: this run ends here, so that the two don't mix$/,
    );
    lock.release();
    expect(owner().host).toBe("elsewhere");
  });

  it("not there yet is nobody's: what makes it needs no lock", async () => {
    await whileLocked(dir, async () => expect(existsSync(dir)).toBe(false));
  });

  it("that can't be written says so", async () => {
    mkdirSync(join(dir, ".."), { recursive: true });
    writeFileSync(dir, "a file");
    await expect(lockFolder(dir)).rejects.toThrow(new VitlabError(`${dir} is not a folder; choose another name`));
  });
});

describe("of several that want a folder at once", () => {
  it.each([
    ["a free one", false],
    ["one whose process was killed", true],
  ])("one has it: %s", async (_, killed) => {
    if (killed) {
      const dead = another();
      dead.go();
      await dead.says("locked");
      dead.kill();
      await dead.end;
    }
    const all = Array.from({ length: 5 }, () => another());
    await Promise.all(all.map(({ says }) => says("ready")));
    for (const { go } of all) go();
    // Whoever was refused ends; who has it waits to be told.
    await Promise.race(all.map(({ says }) => says("locked")));
    const refused: string[] = [];
    for (const one of all) void one.end.then((said) => refused.push(said));
    while (refused.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(
      refused.every((said) => / is in use by process \d+ on host /.test(said)),
      refused.join("\n"),
    ).toBe(true);
    for (const { go } of all) go();
    await Promise.all(all.map(({ end }) => end));
    expect(refused.filter((said) => said === "locked")).toHaveLength(1);
    // Who made the folder takes it away again, unless somebody else had the lock meanwhile.
    if (killed) expect(existsSync(dir)).toBe(true);
    if (existsSync(dir)) expect(readdirSync(dir)).toEqual([]);
  });
});

/** What a lock of this process says of it. */
async function identity(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "vitlab-lock-"));
  const lock = await lockFolder(folder);
  const found = JSON.parse(readFileSync(join(folder, "run.lock"), "utf8"));
  lock.release();
  rmSync(folder, { recursive: true });
  return found;
}
