import { type Installation, inspectInstallation } from "./installation";

/** Prints what runs here: a short table, or one JSON object. */
export async function runDoctor(json: boolean): Promise<void> {
  const found = await inspectInstallation();
  if (json) console.log(JSON.stringify(found));
  else console.log(table(found));
}

function table(found: Installation): string {
  const rows: [mark: string, what: string, state: string, remedy?: string][] = [];
  const row = (good: boolean, what: string, state: string, remedy?: string | null) =>
    rows.push([good ? "✓" : "–", what, state, good ? undefined : (remedy ?? undefined)]);
  const { engine, tensorflow, threads, reason, cifar10, python, jupyterlab, kernel } = found;
  const version = tensorflow ? `TensorFlow ${tensorflow}, ` : "";
  row(true, "vitlab", `${found.vitlab} on Node ${found.node}, ${found.platform} ${found.arch}`);
  row(
    engine === "native",
    "engine",
    `${engine} (${version}TensorFlow.js ${found.tfjs}, ${threads} ${threads === 1 ? "thread" : "threads"})`,
    reason,
  );
  row(
    cifar10 !== null,
    "CIFAR-10",
    cifar10 ?? "not here",
    "`npx vitlab data cifar10` fetches it; until then there are the shapes",
  );
  row(python !== null, "Python", python ?? "not set up", "`npm start` in the project makes .venv");
  row(jupyterlab !== null, "JupyterLab", jupyterlab ?? "not set up", "`npm start` in the project installs it");
  row(kernel !== null, "kernel", kernel ?? "not set up", "`npm start` in the project installs it");
  row(true, "cache", found.cache);
  const width = Math.max(...rows.map(([, what]) => what.length));
  return rows
    .map(([mark, what, state, remedy]) => {
      const line = `${mark} ${what.padEnd(width)}  ${state}`;
      return remedy ? `${line}\n  ${"".padEnd(width)}  ${remedy}` : line;
    })
    .join("\n");
}
