import { loadedTslab } from "./loaded-tslab";

interface Message {
  readonly header: { readonly msg_type: string };
}

interface Server {
  publishStatus(status: string, parent: Message): void;
}

const coming = new Set<Promise<unknown>>();
const patient = new WeakSet<object>();

/**
 * Has the cell that runs now wait for an output to come, where the kernel is stock tslab: it says that a cell is over as
 * soon as no JavaScript runs, and from then on clients drop what the cell shows.
 */
export function holdCell(output: Promise<unknown>): void {
  const kept = output.catch(() => undefined).finally(() => coming.delete(kept));
  coming.add(kept);
  for (const { ZmqServer } of loadedTslab<{ ZmqServer?: { prototype: Server } }>("jupyter"))
    if (ZmqServer && !patient.has(ZmqServer)) {
      patient.add(ZmqServer);
      wait(ZmqServer.prototype);
    }
}

function wait(server: Server): void {
  const { publishStatus } = server;
  server.publishStatus = function (status, parent) {
    const go = () => publishStatus.call(this, status, parent);
    if (status === "idle" && parent.header.msg_type === "execute_request" && coming.size > 0)
      void Promise.all(coming).then(go);
    else go();
  };
}
