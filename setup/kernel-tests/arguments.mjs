import { parseArgs } from "node:util";
import { SetupError } from "../setup-error.mjs";

export const usage = "npm run test:kernel -- [--kernel NAME] [--filter WORDS] [--quick] [--peers]";

/** What the command line of `npm run test:kernel` asks for. Throws, with the usage, where it asks for something else. */
export function kernelTestRun(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        kernel: { type: "string", default: "vitlab" },
        filter: { type: "string" },
        quick: { type: "boolean", default: false },
        peers: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}`);
  }
}
