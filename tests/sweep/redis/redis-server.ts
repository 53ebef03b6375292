import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Redis, or Valkey, which speaks the same protocol; undefined where neither is installed. */
export const redisProgram = ["redis-server", "valkey-server"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

/** A Redis of a test, that keeps what it is told. */
export class RedisServer {
  readonly folder = mkdtempSync(join(tmpdir(), "redis-"));
  #process: ChildProcess | undefined;

  constructor(
    readonly port: number,
    private readonly more: readonly string[] = [],
  ) {}

  async start(): Promise<void> {
    const port = this.more.includes("--tls-port") ? "0" : String(this.port);
    const own = ["--port", port, "--dir", this.folder, "--appendonly", "yes", "--save", ""];
    this.#process = spawn(redisProgram!, [...own, ...this.more], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve, reject) => {
      let said = "";
      this.#process!.stdout!.on("data", (text) => {
        said += text;
        if (said.includes("Ready to accept connections")) resolve();
      });
      this.#process!.on("exit", () => reject(new Error(said)));
    });
  }

  /** What it answers to a command, line by line. */
  ask(...command: string[]): string[] {
    const client = redisProgram!.replace("-server", "-cli");
    const { stdout } = spawnSync(client, ["-p", String(this.port), ...command], { encoding: "utf8" });
    return stdout.split("\n").filter(Boolean);
  }

  keys(pattern: string): string[] {
    return this.ask("keys", pattern);
  }

  remove(keys: readonly string[]): void {
    if (keys.length > 0) this.ask("del", ...keys);
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.on("exit", resolve));
    this.#process?.kill("SIGKILL");
    await ended;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A way to a port, which can be cut: what was sent doesn't arrive, and nobody is told. */
export class Wire {
  #isCut = false;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) => {
    const far = connect(this.to, "127.0.0.1");
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      if (this.#isCut) socket.pause();
    }
    near.on("data", (bytes) => this.#isCut || far.write(bytes));
    far.on("data", (bytes) => this.#isCut || near.write(bytes));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });

  constructor(
    readonly port: number,
    private readonly to: number,
  ) {}

  open(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.port, "127.0.0.1", () => resolve()));
  }

  /** Cuts the way for so long. */
  async cut(milliseconds: number): Promise<void> {
    this.#isCut = true;
    await setTimeout(milliseconds);
    this.#isCut = false;
    // As routers do with what they know nothing of any more.
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
