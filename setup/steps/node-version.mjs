import { SetupError } from "../setup-error.mjs";

const oldest = [20, 19];

/** Whether this Node can run the project (20.19 is the first 20 that can `require` an ES module). */
export function isNodeSupported(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** Checks the running Node; throws where it is too old. */
export function checkNodeVersion() {
  if (!isNodeSupported(process.versions.node)) {
    throw new SetupError(
      `Node ${process.versions.node} is too old: vitlab needs Node ${oldest.join(".")} or newer; install Node 22 and start again`,
    );
  }
  return { text: `${process.versions.node}` };
}
