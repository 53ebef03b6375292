import { plainText } from "../../base/plain-text";
import type { DownloadProgress } from "../../data/download-file";

/** Shows on stderr how downloads get on, so that stdout holds the result alone. */
export interface DownloadDisplay {
  show(what: string, progress: DownloadProgress): void;
  /** Leaves the line, so that other text can follow. */
  end(): void;
}

/** A bar that is drawn over on a terminal, a line every tenth elsewhere. */
export function downloadDisplay(stream: NodeJS.WriteStream = process.stderr): DownloadDisplay {
  const terminal = Boolean(stream.isTTY);
  let current = "";
  let last = "";
  const end = () => {
    if (terminal && last) stream.write("\n");
    last = "";
  };
  const show = (name: string, { received, total }: DownloadProgress) => {
    const what = plainText(name);
    if (what !== current) end();
    current = what;
    const part = total ? received / total : 0;
    const amount = `${megabytes(received)}${total ? ` of ${megabytes(total)}` : ""} MB`;
    const bar = "█".repeat(Math.floor(part * 30)).padEnd(30, "░");
    // Without a known end a line every 10 MB.
    const tenth = total ? Math.floor(part * 10) : Math.floor(received / 1e7);
    const key = terminal ? amount : String(tenth);
    if (key === last) return;
    last = key;
    stream.write(terminal ? `\r${what} ${total ? `${bar} ` : ""}${amount} ` : `${what}: ${amount}\n`);
  };
  return { show, end };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
