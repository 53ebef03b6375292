import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { SetupError } from "../../setup/setup-error.mjs";

const usage =
  "npm run bench -- [scaling] [MODEL…] [--engine native,wasm] [--peers torch,stock | none] [--precision float32,bfloat16] " +
  "[--modes train,infer] [--rounds N] [--turn-seconds S] [--threads N] [--json FILE] [--figure FILE] [--against DIST] [--with-torch] [--no-build]";

const text = { type: "string" };
const flag = { type: "boolean", default: false };
const options = {
  engine: { ...text, default: "native,wasm" },
  peers: text,
  precision: { ...text, default: "float32" },
  modes: { ...text, default: "train,infer" },
  rounds: { ...text, default: "7" },
  "turn-seconds": { ...text, default: "1" },
  threads: text,
  json: text,
  figure: text,
  against: text,
  "with-torch": flag,
  "no-build": flag,
};

/** Peers by the name they are asked for with; `torch` is both of PyTorch's, and in bfloat16 that under `torch.autocast`. */
export const peerNames = ["stock", "torch", "torch-eager", "torch-compile", "torch-autocast"];

/**
 * What the command line asks for.
 *
 * @throws SetupError when it asks for something that there isn't.
 */
export function modelArguments(args) {
  const { values, positionals } = parsed(args);
  const peers = values.peers === "none" ? [] : list("peers", values.peers ?? "stock,torch", peerNames);
  const precisions = list("precision", values.precision, ["float32", "bfloat16"]);
  const torch = [
    ...(precisions.includes("float32") ? ["torch-eager", "torch-compile"] : []),
    ...(precisions.includes("bfloat16") ? ["torch-autocast"] : []),
  ];
  return {
    names: positionals,
    engines: list("engine", values.engine, ["native", "wasm"]),
    peers: peers.flatMap((peer) => (peer === "torch" ? torch : [peer])),
    precisions,
    /** Whether a peer that isn't there is an error, because it was asked for. */
    insists: values.peers !== undefined,
    modes: list("modes", values.modes, ["train", "infer"]),
    rounds: whole("rounds", values.rounds),
    turnSeconds: positive("turn-seconds", values["turn-seconds"]),
    threads: values.threads === undefined ? availableParallelism() : whole("threads", values.threads),
    json: values.json,
    /** Where the scaling bench draws its results: an .svg or .png file. */
    figure: values.figure,
    against: values.against,
    withTorch: values["with-torch"],
    builds: !values["no-build"],
  };
}

function parsed(args) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new SetupError(`${error.message.split(". ")[0]}; usage: ${usage}`);
  }
}

function list(option, given, allowed) {
  const items = given.split(",").map((item) => item.trim());
  const unknown = items.find((item) => !allowed.includes(item));
  if (unknown !== undefined)
    throw new SetupError(
      `--${option} got "${unknown}": it takes ${allowed.join(", ")}, or several with commas between`,
    );
  return [...new Set(items)];
}

function whole(option, given) {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1)
    throw new SetupError(`--${option} got "${given}": give a whole number, 1 or more`);
  return number;
}

function positive(option, given) {
  const number = Number(given);
  if (!(number > 0 && Number.isFinite(number)))
    throw new SetupError(`--${option} got "${given}": give a number above 0`);
  return number;
}
