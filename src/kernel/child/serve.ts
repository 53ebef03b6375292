import { writeFileSync } from "node:fs";
import { endProcessesNow } from "../processes";
import { answerInput, endQuestions } from "./ask-person";
import { mendBuiltIns } from "./built-ins";
import { createCellImports } from "./cell-imports";
import { defineCellMagics } from "./cell-magics";
import { forgetHalfLoaded, hookModules } from "./cell-modules";
import { CellRun, type Notebook } from "./cell-run";
import { streamToCells } from "./cell-streams";
import { Comms } from "./comms";
import { startCellContext } from "./context";
import { carryContextThroughTimers } from "./context-timers";
import { endSelf } from "./end-self";
import { reviveImmediates } from "./immediates";
import { defineInterruptibleAwait } from "./interruptible-await";
import { KeyboardInterrupt } from "./keyboard-interrupt";
import type { LiveValue } from "./live-values";
import { silenceLoaderWarning } from "./loader-warning";
import { Locals } from "./locals";
import { defineNotebookGlobals } from "./notebook-globals";
import { send } from "./output-pipe";
import { definePlainArrays } from "./plain-arrays";
import type { ToChild } from "./protocol";
import { Reruns } from "./reruns";
import { Results } from "./results";
import { mapStacks } from "./source-positions";
import { trackSpawned } from "./spawned";
import { describeError } from "./traceback";
import { startExecutor } from "./tslab-executor";
import { countSigintListeners, sigintListeners, startWatchdog } from "./watch";

/** How long what listens to SIGINT may take to come to its end. */
const SETTLE_MS = 3000;
/** How long after an interrupt a cell may still run. */
const END_MS = 200;

/** Runs what the front asks for, until the front is gone. */
export function serve(): void {
  const locals = new Locals();
  const comms = new Comms();
  /** One of the notebook, and one of each subshell. */
  const runs = new Set<CellRun>();
  let interrupts = 0;

  const watchdog = startWatchdog(() => {
    reviveImmediates();
    forgetHalfLoaded();
    comms.broken();
    endQuestions();
    for (const run of runs) {
      run.context.state = "interrupted";
      run.broken();
    }
    watchdog.settled(interrupts);
  });
  trackSpawned(watchdog.child);
  countSigintListeners();
  streamToCells();
  silenceLoaderWarning();
  mapStacks();
  hookModules(process.cwd());
  defineInterruptibleAwait();
  definePlainArrays();
  const executor = startExecutor(process.cwd(), locals.exports);
  Object.defineProperty(globalThis, "__tslab__", { enumerable: false });
  const imports = createCellImports(process.cwd(), executor.require);
  carryContextThroughTimers();
  const reruns = new Reruns();
  defineNotebookGlobals(comms, reruns);
  const results = new Results();
  results.define();
  const magicsEnd = defineCellMagics(locals, results);
  volunteerForTheOomKiller();

  const notebook: Notebook = {
    executor,
    imports,
    locals,
    results,
    reruns,
    onEnd: (run) => {
      magicsEnd(run.context.abort.signal);
      runs.delete(run);
      const [other] = runs;
      if (other) startCellContext(other.context);
      else watchdog.settled(interrupts);
    },
  };

  const interrupt = (id: number) => {
    send({ type: "interrupted", id });
    endQuestions();
    comms.interrupt();
    if (runs.size === 0) return;
    const listeners = sigintListeners();
    const first = [...runs].some(({ context }) => context.state === "running");
    // Second time: no more patience.
    const patient = first && listeners.length > 0;
    watchdog.expectEnd(++interrupts, patient ? SETTLE_MS + END_MS : END_MS);
    for (const run of runs) {
      run.context.abort.abort(new KeyboardInterrupt());
      if (patient) run.settle(SETTLE_MS);
      else run.interrupt();
    }
    if (first) for (const listener of listeners) listener("SIGINT");
  };

  process.on("message", (message: ToChild) => {
    mendBuiltIns();
    switch (message.type) {
      case "execute": {
        const run = new CellRun(message, notebook);
        runs.add(run);
        run.start();
        break;
      }
      case "assigned": {
        const names = [...runs].map((run) => [run.id, run.assigned] as const);
        send({ type: "assigned", id: message.id, names });
        break;
      }
      case "comm":
        comms.handle(message);
        break;
      case "interrupt":
        interrupt(message.id);
        break;
      case "input_reply":
        answerInput(message.id, message.value);
        break;
      case "look":
        send({ type: "seen", id: message.id, value: look(message.path, locals) });
        break;
      case "reset":
        locals.clear();
        results.clear();
        send({ type: "handled", id: message.id });
        break;
    }
  });
  process.on("disconnect", () => endSelf());
  process.on("exit", () => endProcessesNow([process.pid]));
  process.on("uncaughtException", (error) => complain("Uncaught exception", error));
  process.on("unhandledRejection", (reason) => {
    if (!(reason instanceof KeyboardInterrupt)) complain("Unhandled rejection", reason);
  });
}

/** Loaded when it is needed: not every person has code completed. */
function look(path: readonly string[], locals: Locals): LiveValue | null {
  const { liveValue } = require("./live-values") as typeof import("./live-values");
  return liveValue(path, locals.exports);
}

function complain(what: string, error: unknown): void {
  process.stderr.write(`${what}: ${describeError(error).traceback.join("\n")}\n`);
}

/** When memory runs out, the system shall end this process, not the kernel's others or the browser. */
function volunteerForTheOomKiller(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "300");
  } catch {
    // Not Linux, or not allowed: the system chooses.
  }
}
