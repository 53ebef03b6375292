import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { CompiledModule, LineMap } from "../../compiler/protocol";
import type { Inspector } from "./inspector";
import { murmur2 } from "./murmur2";
import { generatedPlace, sourcePlace } from "./places";
import { argumentOf, type Holder, type RemoteObject, setProperty, textOf, Variables } from "./variables";

type Fields = Record<string, unknown>;

interface Breakpoint {
  readonly line: number;
  readonly condition?: string;
  readonly logMessage?: string;
}

interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
  readonly scopeChain: readonly { readonly type: string; readonly name?: string; readonly object: RemoteObject }[];
}

interface Frame extends CallFrame {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A script that has run: where its source is known as, and how its lines lie. */
interface Script {
  readonly path: string;
  readonly map: LineMap;
}

const SEED = 0xc70f6907;
const PREFIX = join(tmpdir(), `vitlab_${process.pid}`) + sep;
const SUFFIX = ".ts";
const THREAD = 1;
/** Variables of the notebook: the exports of all cells; of those that the running cell has yet to set, a copy knows the values. */
const NOTEBOOK = "__tslab__.exports";
const NOTEBOOK_COPY = `Object.assign({}, ${NOTEBOOK})`;
/** tslab puts this before the first line of a cell. */
const FIRST_LINE_PREFIX = /^\(async function|^\(function/;
const NOT_THE_USERS = ["/node_modules/", "^node:", "/dist/kernel/", "^evalmachine"];

export interface DebuggerHost {
  readonly inspector: Inspector;
  /** Sends a debug_event on iopub. */
  readonly event: (content: Fields) => void;
  /** The MIME bundle of a notebook variable. */
  readonly present: (expression: string) => Promise<{ data: Fields; metadata: Fields }>;
  /** Has later cells know a variable that no cell declares. */
  readonly declare: (name: string) => void;
}

/**
 * Speaks the Debug Adapter Protocol with the front end ("Debugger support" in jupyter_client's messaging) and Node's
 * inspector protocol with the process of the cells.
 */
export class NotebookDebugger {
  #started = false;
  #sequence = 0;
  #frames: Frame[] | null = null;
  readonly #sources = new Map<string, string>();
  readonly #wanted = new Map<string, readonly Breakpoint[]>();
  readonly #set = new Map<string, string[]>();
  readonly #scripts = new Map<string, Script>();
  /** A call frame names its script by number only. */
  readonly #urls = new Map<string, string>();
  readonly #variables: Variables;

  constructor(private readonly host: DebuggerHost) {
    this.#variables = new Variables(host.inspector);
  }

  get stopped(): boolean {
    return this.#frames !== null;
  }

  /** Answers the content of a debug_request; what fails is an answer with `success: false`. */
  async answer(request: Fields): Promise<Fields> {
    const command = String(request.command);
    const reply = { type: "response", request_seq: request.seq, seq: ++this.#sequence, command };
    try {
      const body = await this.#handle(command, (request.arguments ?? {}) as Fields);
      return { ...reply, success: true, body };
    } catch (error) {
      return { ...reply, success: false, message: (error as Error).message, body: {} };
    }
  }

  get isStarted(): boolean {
    return this.#started;
  }

  /** Is told of every cell before it runs, so that its breakpoints are there in time. */
  async prepare(cell: string, code: string, map: LineMap, modules: readonly CompiledModule[]): Promise<void> {
    const path = pathOf(code);
    this.#scripts.set(cell, { path, map });
    this.#sources.set(path, code);
    for (const module of modules) this.#scripts.set(module.path, { path: module.path, map: module.map });
    if (!this.#started) return;
    await this.#place(path);
    for (const module of modules) await this.#place(module.path);
  }

  /** Lets a stopped program go on, so that it can be interrupted. */
  async release(): Promise<void> {
    if (this.stopped) await this.host.inspector.post("Debugger.resume");
  }

  /** The process of the cells ended; a fresh one knows no breakpoints. */
  async lost(): Promise<void> {
    this.#frames = null;
    this.#scripts.clear();
    this.#urls.clear();
    this.#set.clear();
    if (this.#started) await this.#start();
  }

  /** Takes an event of the inspector. */
  hear(method: string, params: Fields): void {
    if (method === "Debugger.scriptParsed") this.#urls.set(String(params.scriptId), String(params.url));
    if (method === "Debugger.paused") this.#stop(params);
    if (method === "Debugger.resumed" && this.#frames) {
      this.#frames = null;
      this.#variables.forget();
      this.#tell("continued", { threadId: THREAD, allThreadsContinued: true });
    }
  }

  #stop({ callFrames, reason, hitBreakpoints }: Fields): void {
    const frames = (callFrames as CallFrame[]).flatMap((frame) => this.#locate(frame) ?? []);
    const [top] = callFrames as CallFrame[];
    if (frames.length === 0 || (top && this.#scriptOf(top) && !this.#locate(top))) {
      // In a cell, but on a line that the compiler added: on to the next one. Elsewhere there is nothing to show.
      const step = top && this.#scriptOf(top) ? "stepOver" : "resume";
      void this.host.inspector.post(`Debugger.${step}`);
      return;
    }
    this.#frames = frames;
    const hit = (hitBreakpoints as string[] | undefined)?.length ? "breakpoint" : "step";
    this.#tell("stopped", {
      threadId: THREAD,
      allThreadsStopped: true,
      reason: reason === "exception" || reason === "promiseRejection" ? "exception" : hit,
    });
  }

  async #handle(command: string, given: Fields): Promise<unknown> {
    const { inspector } = this.host;
    switch (command) {
      case "initialize":
        await this.#start();
        return CAPABILITIES;
      case "attach":
        this.#tell("initialized", {});
        return {};
      case "debugInfo":
        return this.#info();
      case "dumpCell": {
        const path = pathOf(String(given.code));
        this.#sources.set(path, String(given.code));
        return { sourcePath: path };
      }
      case "setBreakpoints":
        return this.#setBreakpoints(
          (given.source as { path: string }).path,
          (given.breakpoints ?? []) as readonly Breakpoint[],
        );
      case "setExceptionBreakpoints": {
        const filters = (given.filters ?? []) as string[];
        const state = filters.includes("all") ? "all" : filters.includes("uncaught") ? "uncaught" : "none";
        await inspector.post("Debugger.setPauseOnExceptions", { state });
        return {};
      }
      case "source":
        return { content: this.#source((given.source as { path: string }).path) };
      case "threads":
        return { threads: [{ id: THREAD, name: "notebook" }] };
      case "stackTrace":
        return this.#stackTrace();
      case "scopes":
        return this.#scopes(this.#frame(given.frameId));
      case "variables":
        return { variables: await this.#variables.list(Number(given.variablesReference)) };
      case "inspectVariables":
        return this.#notebookVariables();
      case "richInspectVariables": {
        const name = String(given.variableName);
        if (!this.stopped) return this.host.present(name);
        const { result } = await this.#evaluate(name, given.frameId);
        return { data: { "text/plain": result }, metadata: {} };
      }
      case "setVariable":
        return this.#setVariable(given);
      case "copyToGlobals":
        return this.#copyToGlobals(given);
      case "evaluate":
        return this.#evaluate(String(given.expression), given.frameId);
      case "continue":
        await inspector.post("Debugger.resume");
        return { allThreadsContinued: true };
      case "next":
        await inspector.post("Debugger.stepOver");
        return {};
      case "stepIn":
        await inspector.post("Debugger.stepInto");
        return {};
      case "stepOut":
        await inspector.post("Debugger.stepOut");
        return {};
      case "pause":
        await inspector.post("Debugger.pause");
        return {};
      case "disconnect":
      case "terminate":
        await this.#end();
        return {};
      case "configurationDone":
        return {};
      case "modules":
        return this.#modules(given);
      default:
        throw new Error(`the debugger knows no "${command}"`);
    }
  }

  async #start(): Promise<void> {
    this.#started = true;
    const { inspector } = this.host;
    await inspector.post("Runtime.enable");
    await inspector.post("Debugger.enable");
    await inspector.post("Debugger.setBlackboxPatterns", { patterns: NOT_THE_USERS });
    this.#set.clear();
    for (const path of this.#wanted.keys()) await this.#place(path);
  }

  async #end(): Promise<void> {
    await this.release();
    this.#started = false;
    this.#wanted.clear();
    this.#set.clear();
    await this.host.inspector.post("Debugger.disable");
    this.#tell("terminated", {});
  }

  #info(): Fields {
    return {
      isStarted: this.isStarted,
      hashMethod: "Murmur2",
      hashSeed: SEED,
      tmpFilePrefix: PREFIX,
      tmpFileSuffix: SUFFIX,
      breakpoints: [...this.#wanted].map(([source, breakpoints]) => ({ source, breakpoints })),
      stoppedThreads: this.stopped ? [THREAD] : [],
      richRendering: true,
      exceptionPaths: ["all", "uncaught"],
      copyToGlobals: true,
    };
  }

  async #setBreakpoints(path: string, breakpoints: readonly Breakpoint[]): Promise<Fields> {
    this.#wanted.set(path, breakpoints);
    if (breakpoints.length === 0) this.#wanted.delete(path);
    const lines = await this.#place(path);
    return {
      breakpoints: breakpoints.map((b, i) => ({
        verified: true,
        line: lines.get(b.line) ?? b.line,
        id: i,
        source: { path },
      })),
    };
  }

  /** Gives the inspector the breakpoints of a source in all its scripts; returns the lines on which they came to lie. */
  async #place(path: string): Promise<Map<number, number>> {
    const { inspector } = this.host;
    for (const breakpointId of this.#set.get(path) ?? [])
      await inspector.post("Debugger.removeBreakpoint", { breakpointId });
    const ids: string[] = [];
    const lines = new Map<number, number>();
    for (const [url, script] of this.#scripts) {
      if (script.path !== path) continue;
      for (const { line, condition, logMessage } of this.#wanted.get(path) ?? []) {
        const place = generatedPlace(script.map, line);
        if (!place) continue;
        lines.set(line, place.sourceLine);
        const { breakpointId } = await inspector.post("Debugger.setBreakpointByUrl", {
          urlRegex: `${url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`,
          lineNumber: place.line,
          // The first line of a cell begins with what tslab puts before it: let the inspector find the place.
          columnNumber: place.line === 0 ? 0 : place.column,
          condition: logMessage ? logPoint(logMessage, condition) : (condition ?? ""),
        });
        ids.push(String(breakpointId));
      }
    }
    this.#set.set(path, ids);
    return lines;
  }

  #locate(frame: CallFrame): Frame | null {
    const script = this.#scriptOf(frame);
    if (!script) return null;
    const place = sourcePlace(script.map, frame.location.lineNumber, frame.location.columnNumber);
    return place && { ...frame, path: script.path, ...place };
  }

  #scriptOf({ location }: CallFrame): Script | undefined {
    const url = (this.#urls.get(location.scriptId) ?? "").replace(/^file:\/\//, "");
    return this.#scripts.get(url) ?? this.#scripts.get(decodeURIComponent(url));
  }

  #stackTrace(): Fields {
    const stackFrames = (this.#frames ?? []).map((frame, i) => ({
      id: i + 1,
      name: frame.functionName && !FIRST_LINE_PREFIX.test(frame.functionName) ? frame.functionName : "<cell>",
      line: frame.line,
      column: frame.column,
      source: { name: basename(frame.path), path: frame.path },
    }));
    return { stackFrames, totalFrames: stackFrames.length };
  }

  #frame(id: unknown): Frame {
    const frame = this.#frames?.[Number(id) - 1];
    if (!frame) throw new Error("the program isn't stopped there any more");
    return frame;
  }

  async #scopes(frame: Frame): Promise<Fields> {
    const { callFrameId } = frame;
    const holders = frame.scopeChain.flatMap(({ type, object: { objectId } }, scopeNumber) =>
      type === "global" || type === "script" || !objectId
        ? []
        : [{ type, objectId, scope: { callFrameId, scopeNumber } }],
    );
    const local = holders.filter(({ type }) => type !== "closure");
    const closure = holders.filter(({ type }) => type === "closure");
    const scopes = [{ name: "Locals", variablesReference: this.#variables.reference(...local), expensive: false }];
    if (closure.length > 0) {
      scopes.push({ name: "Closure", variablesReference: this.#variables.reference(...closure), expensive: false });
    }
    const notebook = this.#variables.reference(await this.#notebook());
    scopes.push({ name: "Globals", variablesReference: notebook, expensive: false });
    return { scopes };
  }

  async #notebook(): Promise<Required<Omit<Holder, "scope">>> {
    const ask = async (expression: string) => {
      const { result } = await this.host.inspector.post("Runtime.evaluate", { expression, objectGroup: "notebook" });
      return (result as RemoteObject).objectId!;
    };
    return { objectId: await ask(NOTEBOOK_COPY), original: await ask(NOTEBOOK) };
  }

  async #notebookVariables(): Promise<Fields> {
    if (!this.#frames) this.#variables.forget();
    return { variables: await this.#variables.list(this.#variables.reference(await this.#notebook())) };
  }

  async #setVariable({ variablesReference, name, value: expression }: Fields): Promise<Fields> {
    const found = await this.#valueOf(String(expression), 1);
    await this.#variables.set(Number(variablesReference), String(name), found);
    const { value, type, variablesReference: reference } = this.#variables.variable("", found);
    return { value, type, variablesReference: reference };
  }

  /** A variable of a stopped frame becomes one of the notebook. */
  async #copyToGlobals({ srcVariableName, dstVariableName, srcFrameId }: Fields): Promise<Fields> {
    const name = String(dstVariableName);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) throw new Error(`"${name}" can't be the name of a variable`);
    const value = await this.#valueOf(String(srcVariableName), srcFrameId);
    const { original } = await this.#notebook();
    await setProperty(this.host.inspector, original, name, argumentOf(value));
    this.host.declare(name);
    return { value: textOf(value), type: value.type, variablesReference: 0 };
  }

  /** The files that are loaded, from the first one on that is asked for. */
  #modules({ startModule = 0, moduleCount }: Fields): Fields {
    const paths = [...new Set([...this.#urls.values()].flatMap((url) => fileOf(url) ?? []))];
    const modules = paths.map((path, id) => ({ id, name: basename(path), path }));
    const start = Number(startModule);
    const end = moduleCount === undefined ? undefined : start + Number(moduleCount);
    return { modules: modules.slice(start, end), totalModules: modules.length };
  }

  async #evaluate(expression: string, frameId: unknown): Promise<Fields> {
    const result = await this.#valueOf(expression, frameId);
    const { value, type, variablesReference } = this.#variables.variable("", result);
    return { result: value, type, variablesReference };
  }

  async #valueOf(expression: string, frameId: unknown): Promise<RemoteObject> {
    const { inspector } = this.host;
    const asked = this.#frames
      ? await inspector.post("Debugger.evaluateOnCallFrame", {
          callFrameId: this.#frame(frameId ?? 1).callFrameId,
          expression,
        })
      : await inspector.post("Runtime.evaluate", { expression: `with (__tslab__.exports) { ${expression} }` });
    const details = asked.exceptionDetails as { exception?: RemoteObject; text: string } | undefined;
    if (details) throw new Error(details.exception?.description?.split("\n")[0] ?? details.text);
    return asked.result as RemoteObject;
  }

  #source(path: string): string {
    return this.#sources.get(path) ?? readFileSync(path, "utf8");
  }

  #tell(event: string, body: Fields): void {
    this.host.event({ seq: ++this.#sequence, type: "event", event, body });
  }
}

const CAPABILITIES = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  exceptionBreakpointFilters: [
    { filter: "all", label: "All exceptions", default: false },
    { filter: "uncaught", label: "Uncaught exceptions", default: false },
  ],
};

/** The name of a cell for the debugger: JupyterLab computes the same. */
export function pathOf(code: string): string {
  return `${PREFIX}${murmur2(code, SEED)}${SUFFIX}`;
}

/** The file that a script was loaded from; undefined for cells, Node's own and the kernel's. */
function fileOf(url: string): string | undefined {
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const isLoaded = isAbsolute(path) && /\.[cm]?[jt]sx?$/.test(path);
  return isLoaded && !path.includes(`${sep}dist${sep}kernel${sep}`) ? path : undefined;
}

/** A condition that prints and never holds; `{x}` in the message is the value of x. */
function logPoint(message: string, condition: string | undefined): string {
  const template = message.replace(/[`\\]/g, "\\$&").replace(/\{([^}]*)\}/g, "$${$1}");
  return `(${condition || "true"}) && (console.log(\`${template}\`), false)`;
}
