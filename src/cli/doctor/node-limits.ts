/** The newest Node on which the tests of vitlab ran. */
const NEWEST = 26;

/** What a kernel can't do because of its Node, a sentence each. */
export function nodeLimits(node: string, nodeTypes: string | null): string[] {
  const limits: string[] = [];
  const major = Number.parseInt(node, 10);
  const typesMajor = Number.parseInt(nodeTypes ?? node, 10);
  // Node 24 carries the store of an AsyncLocalStorage in V8; before, breaking JavaScript trips an assertion of its hooks.
  if (major < 24)
    limits.push(
      "an interrupt of a loop that follows an `await` inside AsyncLocalStorage.run ends the process of the cells, and with it their variables; Node 24 keeps them",
    );
  if (major < typesMajor)
    limits.push(`cells are checked with the types of Node ${typesMajor}: what they name may be missing when it runs`);
  if (major > typesMajor)
    limits.push(`cells are checked with the types of Node ${typesMajor}: what came later is an error to the checker`);
  if (major > NEWEST) limits.push(`vitlab was tested up to Node ${NEWEST}`);
  return limits;
}
