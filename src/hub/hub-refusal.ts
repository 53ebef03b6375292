import { VitlabError } from "../base/error";
import type { HubPlace } from "./hub-place";

/** What was asked of the hub. */
export interface HubQuestion {
  repo: string;
  revision: string;
  file?: string;
}

/** The hub can't be reached or is out of order: what is in the cache may do. */
export class HubUnreachable extends VitlabError {}

/**
 * Why the hub gave no answer, in one sentence.
 *
 * It says 401 of repositories that don't exist, too, so as not to betray the private ones; its own headers tell more.
 */
export function hubRefusal(
  status: number,
  header: (name: string) => string | undefined,
  { repo, revision, file }: HubQuestion,
  { endpoint, token }: HubPlace,
): VitlabError {
  const code = header("x-error-code");
  const text = header("x-error-message") ?? "";
  if (code === "GatedRepo" || (status === 403 && code !== "RepoNotFound"))
    return new VitlabError(
      `${repo} is open only to those who accepted its terms (${status}): accept them at ${endpoint}/${repo} and set HF_TOKEN to a token of that account`,
    );
  if (status === 401 && (token !== undefined || /credentials|token/i.test(text)) && code !== "RepoNotFound")
    return new VitlabError(
      `${endpoint} does not take the token for ${repo} (401): set HF_TOKEN to a valid one, or to nothing for a public model`,
    );
  if (code === "RevisionNotFound")
    return new VitlabError(`${repo} has no revision ${revision}: give a branch, a tag or a commit that it has`);
  if (status === 404 && file !== undefined && code !== "RepoNotFound")
    return new VitlabError(
      `${repo} has no file ${file} at revision ${revision} (404): it is not a model in this format`,
    );
  if (status === 404 || status === 401)
    return new VitlabError(
      `there is no folder ${repo} here and no model ${repo} at ${endpoint} (${status}): check the name, or set HF_TOKEN where it is private`,
    );
  return new HubUnreachable(`${endpoint} answered ${status} when asked for ${repo}: try again later`);
}
