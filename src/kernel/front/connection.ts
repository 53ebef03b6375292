import { readFileSync } from "node:fs";

export type Channel = "shell" | "control" | "iopub" | "stdin" | "hb";

export interface Connection {
  readonly key: string;
  readonly signatureScheme: string;
  readonly addresses: Readonly<Record<Channel, string>>;
  /** Z85 keys of CurveZMQ, where the client asked for an encrypted transport. */
  readonly curve?: { readonly publicKey: string; readonly secretKey: string };
}

/** Reads a connection file of jupyter_client. Throws with the file's name when it can't be read or lacks a field. */
export function readConnection(file: string): Connection {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch (error) {
    throw new Error(
      `${file} is no connection file: ${(error as Error).message}. Jupyter writes one and passes its name.`,
    );
  }
  const text = (name: string, otherwise?: string): string => {
    const value = fields[name] ?? otherwise;
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new Error(`${file} is no connection file: it has no "${name}".`);
  };
  const transport = text("transport", "tcp");
  const ip = text("ip");
  // With ipc the "ip" is a file name and the "port" its ending, as jupyter_client names the sockets.
  const address = (port: string) =>
    transport === "ipc" ? `ipc://${ip}-${text(port)}` : `${transport}://${ip}:${text(port)}`;
  return {
    key: text("key", ""),
    signatureScheme: text("signature_scheme", "hmac-sha256"),
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
