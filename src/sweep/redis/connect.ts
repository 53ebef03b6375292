import type { Redis } from "ioredis";
import { VitlabError } from "../../base/error";
import { checkOnline } from "../../base/node/offline";

const CONNECT_MS = 5_000;

/** The versions that this is tested with. */
const PACKAGES = "bullmq@6.7.0 ioredis@5.11.1";

/** The address of a Redis as it may be shown: without user and password. */
export function shownAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

/**
 * Sees whether a Redis is there, and whether it lets us in.
 *
 * @param url `redis://` or, over TLS, `rediss://`, with user and password where there are some
 * @throws VitlabError (rejects) saying why not.
 */
export async function checkRedis(url: string): Promise<void> {
  checkAddress(url);
  loadBullMQ();
  const redis = new (loadClient().Redis)(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: CONNECT_MS,
  });
  let problem: Error | undefined;
  redis.on("error", (error) => {
    problem = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    // Of a database that there isn't it tells by an event, and goes on with another.
    if (problem) throw problem;
  } catch (error) {
    throw new VitlabError(`Redis at ${shownAddress(url)} ${describe(problem ?? (error as Error))}`);
  } finally {
    redis.disconnect();
  }
}

/** A connection that is made anew whenever it breaks, and whose commands wait for that; of a Redis that was there. */
export function connect(url: string): Redis {
  const redis = new (loadClient().Redis)(url, {
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
  // It goes on trying; who waits for an answer waits.
  redis.on("error", () => {});
  return redis;
}

function loadClient(): typeof import("ioredis") {
  return optional(() => require("ioredis") as typeof import("ioredis"));
}

/** BullMQ, where it is installed. */
export function loadBullMQ(): typeof import("bullmq") {
  return optional(() => require("bullmq") as typeof import("bullmq"));
}

function checkAddress(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  if (!["redis:", "rediss:"].includes(protocol))
    // What isn't understood may have a password in it.
    throw new VitlabError("the address of Redis isn't one: give redis://HOST:PORT, or rediss:// for TLS");
  checkOnline(shownAddress(url));
}

function describe({ message, ...error }: Error & { code?: string; command?: unknown }): string {
  if (/WRONGPASS|invalid password|invalid username/i.test(message))
    return "refuses the password: give the right one, redis://USER:PASSWORD@HOST:PORT";
  if (/DB index/.test(message)) return "has no database of that number: give one that it has, such as 0";
  if (/NOAUTH/.test(message)) return "wants a password: give it, redis://:PASSWORD@HOST:PORT";
  return `can't be reached (${error.code ?? message}): start it, or give its right address`;
}

function optional<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new VitlabError(`a sweep over Redis needs two more packages: npm install ${PACKAGES}`);
  }
}
