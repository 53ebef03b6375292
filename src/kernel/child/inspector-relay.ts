import type { Session } from "node:inspector";
import type { InspectorMessage } from "./protocol";

/** Takes requests of the inspector protocol, one JSON line each, and sends their answers and the inspector's events. */
export function inspectorRelay(session: Session, send: (message: InspectorMessage) => void): (line: string) => void {
  let listening = false;
  return (line) => {
    // Events cost time, and nobody wants them without a debugger.
    if (!listening) session.on("inspectorNotification", (event) => send(event as unknown as InspectorMessage));
    listening = true;
    const { id, method, params } = JSON.parse(line) as { id: number; method: string; params: Record<string, unknown> };
    session.post(method, params, (error: Error | null, result?: object) =>
      send(error ? { id, error: error.message } : { id, result: { ...result } }),
    );
  };
}
