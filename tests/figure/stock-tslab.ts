import { createHmac } from "node:crypto";
import { createRequire } from "node:module";

type Run = () => unknown;

interface Server {
  connInfo: { key: string };
  iopub: { send(frames: readonly (string | Buffer)[]): void };
  handleShellMessage(socket: Server["iopub"], ...frames: Buffer[]): Promise<void>;
}

interface Jupyter {
  JupyterHandlerImpl: new (executor: { execute(): Promise<boolean> }, isJs: boolean) => object;
  ZmqServer: new (handler: object, configPath: string) => Server;
  lastWriteDisplayData: unknown;
}

/** A message to the notebook, as far as tests look. */
export interface Told {
  readonly type: string;
  readonly content: Record<string, unknown>;
}

/** The modules of stock tslab that answer a notebook, with lists for sockets. `run` has a cell do something. */
export function stockTslab() {
  const load = createRequire(__filename);
  const jupyter = load("tslab/dist/jupyter.js") as Jupyter;
  const { write } = process.stdout;
  const errors = process.stderr.write;
  const told: Told[] = [];
  let cell: Run;
  const execute = async () => {
    const value = cell();
    if (value != null) process.stdout.write(`${load("node:util").inspect(value)}\n`);
    return true;
  };
  const server = new jupyter.ZmqServer(new jupyter.JupyterHandlerImpl({ execute }, false), "");
  const key = "key";
  server.connInfo = { key };
  server.iopub = {
    send(frames) {
      const [, , header, , , content] = frames.map(String);
      told.push({ type: JSON.parse(header!).msg_type, content: JSON.parse(content!) });
    },
  };
  return {
    /** What the notebook hears of a cell until it is over; afterwards it doesn't listen. */
    async run(code: Run): Promise<Told[]> {
      cell = code;
      told.length = 0;
      const parts = [{ msg_type: "execute_request", msg_id: "1" }, {}, {}, { code: "" }].map((part) =>
        JSON.stringify(part),
      );
      const hash = createHmac("sha256", key);
      for (const part of parts) hash.update(part);
      const frames = ["<IDS|MSG>", hash.digest("hex"), ...parts].map((frame) => Buffer.from(frame));
      const isOver = () => told.some(({ content }) => content.execution_state === "idle");
      await server.handleShellMessage({ send: () => undefined }, ...frames);
      while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 1));
      return told.filter(({ type }) => type !== "status");
    },
    remove(): void {
      jupyter.lastWriteDisplayData = null;
      process.stdout.write = write;
      process.stderr.write = errors;
    },
  };
}
