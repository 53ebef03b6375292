import { getHashes } from "node:crypto";
import { readFileSync } from "node:fs";
import { KernelError } from "../kernel-error";

export type Channel = "shell" | "control" | "iopub" | "stdin" | "hb";

export interface Connection {
  readonly key: string;
  readonly signatureScheme: string;
  readonly addresses: Readonly<Record<Channel, string>>;
  /** Z85 keys of CurveZMQ, where the client asked for an encrypted transport. */
  readonly curve?: { readonly publicKey: string; readonly secretKey: string };
}

/** Reads a connection file of jupyter_client. Throws with the file's name when it can't be read, or a field is missing or can't be served. */
export function readConnection(file: string): Connection {
  const refuse = (why: string): never => {
    throw new KernelError(`${file} is no connection file: ${why}. Jupyter writes one and passes its name.`);
  };
  const fields = readFields(file, refuse);
  const text = (name: string, otherwise?: string): string => {
    const value = fields[name] ?? otherwise;
    if (typeof value === "string" || typeof value === "number") return String(value);
    return refuse(`it has no "${name}"`);
  };
  const transport = text("transport", "tcp");
  if (transport !== "tcp" && transport !== "ipc") refuse(`its transport is "${transport}", not "tcp" or "ipc"`);
  const signatureScheme = text("signature_scheme", "hmac-sha256");
  const key = text("key", "");
  // Without a key nothing is signed.
  if (key !== "" && !isSignatureScheme(signatureScheme)) {
    refuse(`its signature_scheme is "${signatureScheme}", not "hmac-sha256" or another digest that Node.js has`);
  }
  const ip = text("ip");
  const address = (name: string) => {
    const port = text(name);
    // With ipc the "ip" is a file name and the "port" its ending, as jupyter_client names the sockets.
    if (transport === "ipc") return `ipc://${ip}-${port}`;
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
      refuse(`its ${name} is "${port}", not a number from 1 to 65535`);
    }
    return `tcp://${ip}:${port}`;
  };
  return {
    key,
    signatureScheme,
    addresses: {
      shell: address("shell_port"),
      control: address("control_port"),
      iopub: address("iopub_port"),
      stdin: address("stdin_port"),
      hb: address("hb_port"),
    },
    ...(fields.curve_publickey && fields.curve_secretkey
      ? { curve: { publicKey: text("curve_publickey"), secretKey: text("curve_secretkey") } }
      : {}),
  };
}

function readFields(file: string, refuse: (why: string) => never): Record<string, unknown> {
  let fields: unknown;
  try {
    fields = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return refuse((error as Error).message);
  }
  if (fields === null || typeof fields !== "object" || Array.isArray(fields)) return refuse("it holds no JSON object");
  return fields as Record<string, unknown>;
}

function isSignatureScheme(scheme: string): boolean {
  return scheme.startsWith("hmac-") && getHashes().includes(scheme.slice("hmac-".length));
}
