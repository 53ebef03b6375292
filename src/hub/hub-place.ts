import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { VitlabError } from "../base/error";
import { isSwitchedOn } from "../base/node/offline";

/** Where models come from and are kept, as Python's huggingface_hub reads it from the environment. */
export interface HubPlace {
  /** `HF_ENDPOINT`, else https://huggingface.co; without a slash at its end. */
  endpoint: string;
  /** `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else in `~/.cache/huggingface`. */
  cache: string;
  /** `HF_TOKEN`, else what the file `HF_TOKEN_PATH` or `token` in `HF_HOME` holds. */
  token: string | undefined;
  /** What forbids to ask the hub: `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE` or `VITLAB_OFFLINE`; undefined where nothing does. */
  offline: string | undefined;
  /** How long nothing may come, in milliseconds: `HF_HUB_DOWNLOAD_TIMEOUT` in seconds, else 30 s. */
  silence: number;
}

/** @throws VitlabError when `HF_ENDPOINT` is no address, or has more in it than an address. */
export async function hubPlace(): Promise<HubPlace> {
  const { env } = process;
  const endpoint = (env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, "");
  const protocol = URL.canParse(endpoint) ? new URL(endpoint).protocol : "";
  if (protocol !== "https:" && protocol !== "http:")
    throw new VitlabError(`HF_ENDPOINT is ${endpoint}: it must be an address that starts with https:// or http://`);
  const { username, password, search, hash } = new URL(endpoint);
  // Nothing is quoted: what stands there may be a secret.
  if (username || password)
    throw new VitlabError(
      "HF_ENDPOINT has a name or password in it, which no request takes: give the address alone, and HF_TOKEN",
    );
  if (search || hash)
    throw new VitlabError(`HF_ENDPOINT is ${endpoint}: give the address of a hub, without what stands behind ? or #`);
  const home = env.HF_HOME || path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "huggingface");
  const seconds = Number(env.HF_HUB_DOWNLOAD_TIMEOUT);
  return {
    endpoint,
    cache: expandHome(env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || path.join(home, "hub")),
    token: env.HF_TOKEN?.trim() || (await storedToken(expandHome(env.HF_TOKEN_PATH || path.join(home, "token")))),
    offline: ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "VITLAB_OFFLINE"].find(isSwitchedOn),
    silence: seconds > 0 ? seconds * 1000 : 30_000,
  };
}

async function storedToken(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim() || undefined;
}

function expandHome(folder: string): string {
  return folder === "~" || folder.startsWith("~/") ? path.join(os.homedir(), folder.slice(1)) : folder;
}
