import { VitlabError } from "../base/error";
import type { FileDigest } from "../data/download-file";
import type { HubPlace } from "./hub-place";
import { type HubQuestion, HubUnreachable, hubRefusal } from "./hub-refusal";
import { isObject } from "./read-json";

/** A file of a repository. */
export interface HubFile {
  path: string;
  bytes: number;
  /** SHA-256 of what lies in large-file storage, git's own SHA-1 of everything else. */
  digest: FileDigest;
}

// What the hub tells of a repository, or of some files, takes thousands of bytes.
const MOST_ANSWER_BYTES = 8_000_000;

/** What a repository holds at one commit. */
export interface HubListing {
  commit: string;
  /** Those of the files asked for that there are. */
  files: HubFile[];
}

/**
 * Asks the hub for the commit of a revision, and for size and digest of some of its files.
 *
 * @throws VitlabError when the hub refuses; HubUnreachable when it doesn't answer.
 */
export async function hubListing(
  question: HubQuestion,
  paths: string[],
  place: HubPlace,
  signal?: AbortSignal,
): Promise<HubListing> {
  const { repo, revision } = question;
  const ask = (path: string, init?: RequestInit) =>
    answer(() => askHub(`${place.endpoint}/api/models/${repo}/${path}`, init, question, place, signal), place, signal);
  const info = await ask(`revision/${encodeURIComponent(revision)}?expand=sha`);
  const sha = isObject(info) ? info.sha : undefined;
  if (typeof sha !== "string" || !/^[0-9a-f]{40}$/.test(sha)) throw nonsense(place, repo);
  const headers = { "content-type": "application/json" };
  const infos = await ask(`paths-info/${sha}`, { method: "POST", headers, body: JSON.stringify({ paths }) });
  if (!Array.isArray(infos)) throw nonsense(place, repo);
  const files = infos
    .filter((info) => isObject(info) && info.type === "file" && paths.includes(info.path as string))
    .map(({ path, size, oid, lfs }): HubFile => {
      const [name, value, bytes] = lfs
        ? (["SHA-256", lfs.oid, lfs.size] as const)
        : (["git SHA-1", oid, size] as const);
      // Digests become file names: nothing else may stand there.
      const isDigest = typeof value === "string" && (lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(value);
      if (!isDigest || !(Number.isSafeInteger(bytes) && bytes >= 0)) throw nonsense(place, repo);
      return { path, bytes, digest: { name, value } };
    });
  return { commit: sha, files };
}

/** What the hub answers, as it stands in its JSON. */
async function askHub(
  url: string,
  init: RequestInit | undefined,
  question: HubQuestion,
  place: HubPlace,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const headers = new Headers(init?.headers);
  if (place.token) headers.set("authorization", `Bearer ${place.token}`);
  const silence = AbortSignal.timeout(place.silence);
  const response = await fetch(url, {
    ...init,
    headers,
    signal: signal ? AbortSignal.any([signal, silence]) : silence,
  });
  if (response.ok) return limited(response, question, place).json();
  await response.body?.cancel();
  throw hubRefusal(response.status, (name) => response.headers.get(name) ?? undefined, question, place);
}

/** The answer, cut off where it goes on for longer than any answer of the hub. */
function limited(response: Response, { repo }: HubQuestion, { endpoint }: HubPlace): Response {
  let received = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, output) {
      received += chunk.length;
      if (received <= MOST_ANSWER_BYTES) return output.enqueue(chunk);
      throw new HubUnreachable(
        `${endpoint} gave an answer about ${repo} of more than ${MOST_ANSWER_BYTES / 1e6} MB: it is no Hugging Face hub; check HF_ENDPOINT`,
      );
    },
  });
  return new Response(response.body?.pipeThrough(count) ?? null, response);
}

/** What fails without being a refusal is the connection, or a server that is none of the hub's kind. */
async function answer<T>(ask: () => Promise<T>, place: HubPlace, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof VitlabError) throw error;
    const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    const why = name === "TimeoutError" ? `nothing came for ${place.silence / 1000} s` : (cause?.code ?? message);
    throw new HubUnreachable(
      `${place.endpoint} can't be reached (${why.split("\n")[0]}): check the connection, or set HF_ENDPOINT to a mirror`,
    );
  }
}

function nonsense({ endpoint }: HubPlace, repo: string): VitlabError {
  return new HubUnreachable(
    `${endpoint} gave an answer about ${repo} that can't be understood: it is no Hugging Face hub; check HF_ENDPOINT`,
  );
}
