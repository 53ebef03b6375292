import { rmSync } from "node:fs";
import { Reply, Router, XPublisher } from "zeromq";
import { KernelError } from "../kernel-error";
import type { Channel, Connection } from "./connection";
import { type Message, type Outgoing, Wire } from "./message";

/** What follows is the name of a file, which ZeroMQ leaves behind where the process ends at once. */
const IPC = "ipc://";

export type RequestChannel = "shell" | "control" | "stdin";

/** The kernel's five sockets: messages in, messages out. */
export interface Sockets {
  send(channel: RequestChannel | "iopub", message: Outgoing): void;
  /** Resolves when everything handed to `send` is with ZeroMQ. */
  flushed(): Promise<void>;
  close(): void;
}

/**
 * Binds all sockets; `receive` gets every well-formed message, `reject` the reason why another one was dropped.
 * Rejects, with the address, when one can't be had.
 */
export async function bindSockets(
  connection: Connection,
  receive: (channel: RequestChannel, message: Message) => void,
  reject: (channel: RequestChannel, reason: string) => void,
): Promise<Sockets> {
  const wire = new Wire(connection.key, connection.signatureScheme);
  const curve = connection.curve && {
    curveServer: true,
    curvePublicKey: connection.curve.publicKey,
    curveSecretKey: connection.curve.secretKey,
  };
  const options = { linger: 1000, sendHighWaterMark: 0, receiveHighWaterMark: 0, ...curve };
  // Clients of one KernelManager have one session, and its name for themselves: the latest of them is answered.
  const [shell, control, stdin] = [0, 1, 2].map(() => new Router({ ...options, handover: true })) as [
    Router,
    Router,
    Router,
  ];
  // A PUB socket drops what is beyond its high-water mark, `idle` among it; XPUB tells who subscribed.
  const iopub = new XPublisher({ ...options, verbosity: "allSubs" });
  const hb = new Reply({ linger: 0, ...curve });
  const sockets = { shell, control, stdin, iopub };
  const all = { ...sockets, hb };
  const files: string[] = [];
  const close = () => {
    for (const socket of Object.values(all)) socket.close();
    for (const file of files) rmSync(file, { force: true });
  };
  const bind = async (name: Channel) => {
    const address = connection.addresses[name];
    await all[name].bind(address).catch((error) => {
      throw unbound(name, address, error);
    });
    if (address.startsWith(IPC)) files.push(address.slice(IPC.length));
  };
  const bound = await Promise.allSettled((Object.keys(all) as Channel[]).map(bind));
  const failed = bound.find((each) => each.status === "rejected");
  if (failed) {
    close();
    throw failed.reason;
  }

  const senders = {
    shell: sender((frames) => shell.send(frames)),
    control: sender((frames) => control.send(frames)),
    stdin: sender((frames) => stdin.send(frames)),
    iopub: sender((frames) => iopub.send(frames)),
  };

  const listen = async (channel: RequestChannel) => {
    for await (const frames of sockets[channel]) {
      let message: Message;
      try {
        message = wire.decode(frames);
      } catch (error) {
        reject(channel, (error as Error).message);
        continue;
      }
      receive(channel, message);
    }
  };
  const beat = async () => {
    for await (const frames of hb) await hb.send(frames);
  };
  const welcome = async () => {
    for await (const [frame] of iopub) {
      if (frame?.[0] !== 1) continue;
      const topic = frame.subarray(1);
      senders.iopub.push(
        wire.encode({ type: "iopub_welcome", content: { subscription: topic.toString() }, identities: [topic] }),
      );
    }
  };
  for (const loop of [listen("shell"), listen("control"), listen("stdin"), beat(), welcome()]) {
    loop.catch(() => {}); // closing a socket ends its loop with an error
  }

  return {
    send: (channel, message) => senders[channel].push(wire.encode(message)),
    flushed: async () => {
      await Promise.all(Object.values(senders).map((each) => each.flushed()));
    },
    close,
  };
}

function unbound(name: Channel, address: string, error: NodeJS.ErrnoException): KernelError {
  return new KernelError(
    error.code === "EADDRINUSE"
      ? `The address of the ${name} socket, ${address}, is taken by another program: end that, or have Jupyter choose other ports.`
      : `The ${name} socket can't have the address ${address} (${error.message}): have Jupyter write another connection file.`,
  );
}

/** A ZeroMQ.js socket takes one `send` at a time: what comes meanwhile waits in line. */
function sender(send: (frames: Buffer[]) => Promise<void>) {
  const line: Buffer[][] = [];
  let running: Promise<void> | null = null;
  const run = async () => {
    for (let frames = line.shift(); frames; frames = line.shift()) await send(frames).catch(() => {});
    running = null;
  };
  return {
    push: (frames: Buffer[]) => {
      line.push(frames);
      running ??= run();
    },
    flushed: () => running ?? Promise.resolve(),
  };
}
