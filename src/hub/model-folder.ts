import { stat, statfs } from "node:fs/promises";
import path from "node:path";
import { checkOptions, show } from "../base/check-options";
import { VitlabError } from "../base/error";
import { type DownloadProgress, downloadFile, ServerRefusal } from "../data/download-file";
import {
  type CachedRepo,
  cachedCommit,
  cachedRepo,
  exists,
  isMarkedAbsent,
  linkBlob,
  markAbsent,
  removeParts,
  takePart,
  writeRef,
} from "./hub-cache";
import { type HubFile, hubListing } from "./hub-listing";
import { type HubPlace, hubPlace } from "./hub-place";
import { type HubQuestion, HubUnreachable, hubRefusal } from "./hub-refusal";
import { PREPROCESSOR_FILE, PROCESSOR_FILE } from "./processor-file";

/** How far the download of a model is. */
export interface ModelProgress extends DownloadProgress {
  /** Which of its files. */
  file: string;
}

/** How `modelFolder` works. */
export interface ModelFolderOptions {
  /** A branch, a tag or a commit. Default "main". */
  revision?: string;
  /** Hears what a person should know: that the cache is used because the hub is silent. */
  say?: (text: string) => void;
  /** Hears how far the download of each file is. */
  onProgress?: (progress: ModelProgress) => void;
  /** Ends the download; what came is kept, and the next try goes on from there. */
  signal?: AbortSignal;
}

const CONFIG = "config.json";
/** What tells of pictures; a repository may have one, both or none. */
const PROCESSORS = [PREPROCESSOR_FILE, PROCESSOR_FILE];
const WEIGHTS = "model.safetensors";
// What a repository may have in the place of the weights: only asked for, to say so.
const SHARDED = "model.safetensors.index.json";
const PICKLED = "pytorch_model.bin";
// 22,000 classes with long names take 2 MB.
const MOST_JSON_BYTES = 16_000_000;

/**
 * The folder of a model: a folder that is here as it is, or a repository `owner/name` of the Hugging Face hub.
 *
 * Of a repository `config.json`, `model.safetensors`, and `preprocessor_config.json` and `processor_config.json` (where
 * there are such) are downloaded into the cache that all Hugging Face libraries share, resumed and verified; under its name
 * there is a whole file or none. `HF_ENDPOINT`, `HF_TOKEN`, `HF_HOME`, `HF_HUB_CACHE`, `HF_HUB_OFFLINE`, `VITLAB_OFFLINE` and
 * `HF_HUB_DOWNLOAD_TIMEOUT` count.
 *
 * @throws VitlabError when there is no such folder or repository, it may not be read, the download fails or comes out
 *   wrong, or nothing can be written.
 * @throws the signal's reason when `signal` is aborted.
 */
export async function modelFolder(dirOrRepo: string, options: ModelFolderOptions = {}): Promise<string> {
  checkOptions("modelFolder", options, { revision: true, say: true, onProgress: true, signal: true });
  if (typeof dirOrRepo !== "string" || dirOrRepo === "")
    throw new VitlabError(
      `modelFolder takes a folder or the "owner/name" of a model on the Hugging Face hub; got ${show(dirOrRepo)}`,
    );
  const here = await stat(dirOrRepo).catch(() => undefined);
  if (here?.isDirectory()) return dirOrRepo;
  if (here) throw new VitlabError(`${dirOrRepo} is a file: give the folder of a model that it is in`);
  if (!isRepo(dirOrRepo))
    throw new VitlabError(
      `there is no folder ${dirOrRepo}: give the folder of a model, or "owner/name" of one on the Hugging Face hub`,
    );
  return hubFolder({ repo: dirOrRepo, revision: checkedRevision(options.revision ?? "main") }, options);
}

/** Whether a name could be that of a repository of the hub. */
export function isRepo(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(name) && !/\.\.|--/.test(name);
}

/** Revisions become file names in the cache. */
function checkedRevision(revision: string): string {
  if (/^\w[\w./-]*$/.test(revision) && !revision.split("/").some((part) => part === "" || /^\.+$/.test(part)))
    return revision;
  throw new VitlabError(`there can't be a revision ${show(revision)}: give a branch, a tag or a commit`);
}

async function hubFolder(question: HubQuestion, options: ModelFolderOptions): Promise<string> {
  const { repo, revision } = question;
  const { say, signal } = options;
  signal?.throwIfAborted();
  const place = await hubPlace();
  const cached = cachedRepo(place.cache, repo);
  const known = await wholeSnapshot(cached, revision);
  // A commit never changes: what is whole needs no question.
  if (known && (place.offline || (known.commit === revision && known.sure))) return known.folder;
  if (place.offline)
    throw new VitlabError(
      `${repo} is not in the cache ${place.cache} at revision ${revision}, and ${place.offline} is set: download it once without it`,
    );
  try {
    return await download(question, cached, place, options);
  } catch (error) {
    if (!(error instanceof HubUnreachable)) throw error;
    // The name of a folder that isn't there looks like a repository's.
    if (!known) throw new VitlabError(`there is no folder ${repo} here, and ${error.message}`);
    say?.(`${error.message}; what is in the cache is used`);
    return known.folder;
  }
}

/** The folder of a revision that has config and weights; `sure` where it is known which processors it has. */
async function wholeSnapshot(cached: CachedRepo, revision: string) {
  const commit = await cachedCommit(cached, revision);
  if (!commit) return undefined;
  const folder = cached.snapshot(commit);
  for (const file of [CONFIG, WEIGHTS]) if (!(await exists(path.join(folder, file)))) return undefined;
  let sure = true;
  for (const file of PROCESSORS)
    sure &&= (await exists(path.join(folder, file))) || (await isMarkedAbsent(cached, commit, file));
  return { commit, folder, sure };
}

async function download(
  question: HubQuestion,
  cached: CachedRepo,
  place: HubPlace,
  options: ModelFolderOptions,
): Promise<string> {
  const { repo, revision } = question;
  const asked = [CONFIG, ...PROCESSORS, WEIGHTS, SHARDED, PICKLED];
  const { commit, files } = await hubListing(question, asked, place, options.signal);
  const has = (name: string) => files.some((file) => file.path === name);
  if (!has(WEIGHTS)) throw new VitlabError(withoutWeights(question, has));
  if (!has(CONFIG)) throw hubRefusal(404, () => undefined, { ...question, file: CONFIG }, place);
  const wanted = files.filter((file) => [CONFIG, ...PROCESSORS, WEIGHTS].includes(file.path));
  for (const file of wanted) {
    if (file.path !== WEIGHTS && file.bytes > MOST_JSON_BYTES)
      throw new VitlabError(
        `${repo} has a ${file.path} of ${Math.ceil(file.bytes / 1e6)} MB: that of a model has at most ${MOST_JSON_BYTES / 1e6} MB`,
      );
    if (await exists(path.join(cached.snapshot(commit), file.path))) continue;
    if (!(await exists(path.join(cached.blobs, file.digest.value))))
      await downloadBlob(file, commit, question, cached, place, options);
    await linkBlob(cached, commit, file.path, file.digest.value);
  }
  for (const file of PROCESSORS) if (!has(file)) await markAbsent(cached, commit, file);
  // Last of all: until then the revision is what it was.
  await writeRef(cached, revision, commit);
  const whole = await wholeSnapshot(cached, commit);
  if (!whole) throw new VitlabError(`${repo} was removed from the cache ${place.cache} meanwhile: try again`);
  return whole.folder;
}

function withoutWeights({ repo, revision }: HubQuestion, has: (name: string) => boolean): string {
  if (has(SHARDED))
    return `${repo} has its weights in several files: download the repository and give its local folder`;
  if (has(PICKLED))
    return `${repo} has ${PICKLED} and no ${WEIGHTS} at revision ${revision}: convert it with Python's transformers (save_pretrained) and give that folder`;
  return `${repo} has no ${WEIGHTS} at revision ${revision} (404): it is not a model in this format`;
}

/**
 * Downloads a file's bytes into the blobs, whole and verified or not at all.
 *
 * Not by `@huggingface/hub`: that starts over after every break and believes what came.
 */
async function downloadBlob(
  { path: file, bytes, digest }: HubFile,
  commit: string,
  question: HubQuestion,
  { blobs }: CachedRepo,
  place: HubPlace,
  { onProgress, signal }: ModelFolderOptions,
): Promise<void> {
  const url = `${place.endpoint}/${question.repo}/resolve/${commit}/${file}`;
  const { part, release } = await takePart(blobs, digest.value);
  try {
    await checkRoom(part, bytes, question.repo);
    await downloadFile(url, path.join(blobs, digest.value), {
      digest,
      part,
      bytes,
      silence: place.silence,
      ...(place.token && { headers: { authorization: `Bearer ${place.token}` } }),
      ...(signal && { signal }),
      ...(onProgress && { onProgress: ({ received }) => onProgress({ file, received, total: bytes }) }),
    });
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error;
    const header = (name: string) => error.headers[name]?.toString();
    throw hubRefusal(error.status, header, { ...question, file }, place);
  } finally {
    release();
  }
  await removeParts(blobs, digest.value);
}

async function checkRoom(part: string, bytes: number, repo: string): Promise<void> {
  const disk = await statfs(path.dirname(part)).catch(() => undefined);
  const here = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const free = disk ? disk.bavail * disk.bsize : Number.POSITIVE_INFINITY;
  if (free < bytes - here)
    throw new VitlabError(
      `${repo} needs ${Math.ceil((bytes - here) / 1e6)} MB in ${path.dirname(part)}, and ${Math.floor(free / 1e6)} MB are free: make room, or set HF_HUB_CACHE to another folder`,
    );
}
