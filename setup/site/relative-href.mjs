import { posix } from "node:path";

/** The address of one of the site's files from another: both as paths within the site. */
export function relativeHref(page, path) {
  return encodeURI(posix.relative(posix.dirname(page), path));
}
