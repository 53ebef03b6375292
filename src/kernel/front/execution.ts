import type { Outcome, Result } from "../jupyter";
import type { Header, Message } from "./message";

/** What the queue needs of the rest of the kernel. */
export interface ExecutionHost {
  run(
    code: string,
    request: { message: Message; count: number; silent: boolean; expression: boolean },
  ): Promise<Outcome>;
  publish(type: string, content: Record<string, unknown>, parent: Partial<Header>): void;
  busy(message: Message): void;
  idle(message: Message): void;
  reply(message: Message, content: Record<string, unknown>): void;
  remember(count: number, code: string): void;
  /** Payloads (set_next_input, page) that the cell asked for. */
  payloads(message: Message): readonly Record<string, unknown>[];
  /** No cell runs any more, and none waits. */
  drained(): void;
}

/** Requests that a client sent before it heard of an error are on their way this long. */
const DRAIN_MS = 10;

/** The number of the next cell, whichever shell runs it. */
export interface ExecutionCount {
  next: number;
}

/** Answers the execute_requests of a shell one after the other, in the order in which they came. */
export class ExecutionQueue {
  #running = false;
  #current: Message | null = null;
  readonly #waiting: Message[] = [];

  constructor(
    private readonly host: ExecutionHost,
    private readonly count: ExecutionCount,
  ) {}

  add(message: Message): void {
    this.#waiting.push(message);
    if (!this.#running) void this.#work();
  }

  /** The request whose cell runs now. */
  get current(): Message | null {
    return this.#current;
  }

  /** Whether a cell runs or waits for its turn. */
  get busy(): boolean {
    return this.#running;
  }

  async #work(): Promise<void> {
    this.#running = true;
    for (let message = this.#waiting.shift(); message; message = this.#waiting.shift()) {
      this.#current = message;
      this.host.busy(message);
      await this.#execute(message);
    }
    this.#running = false;
    this.host.drained();
  }

  async #execute(message: Message): Promise<void> {
    const { content, header } = message;
    const code = content.code ?? "";
    if (typeof code !== "string") return this.#refuse(message);
    const silent = content.silent === true;
    const stored = !silent && content.store_history !== false && code.trim() !== "";
    const count = this.count.next;
    // As ipykernel: what isn't kept counts as the cell before.
    const replied = stored ? count : count - 1;
    if (!silent) this.host.publish("execute_input", { code, execution_count: count }, header);
    if (stored) {
      this.count.next++;
      this.host.remember(count, code);
    }
    const outcome: Outcome =
      code.trim() === ""
        ? { status: "ok", result: null }
        : await this.host.run(code, { message, count, silent, expression: false });
    if (outcome.status === "ok") {
      if (outcome.result && !silent) {
        this.host.publish("execute_result", { ...outcome.result, execution_count: count }, header);
      }
      const user_expressions = await this.#expressions(message, count);
      const payload = this.host.payloads(message);
      this.host.reply(message, { status: "ok", execution_count: replied, payload, user_expressions });
      this.#over(message);
      return;
    }
    const { ename, evalue, traceback } = outcome.error;
    const error = { ename, evalue, traceback };
    if (!silent) this.host.publish("error", error, header);
    this.host.payloads(message);
    // Before the reply: what a client sends after it heard of the error is to run.
    const aborted = content.stop_on_error !== false && !silent ? await this.#takeQueued(header.session) : [];
    const told = { status: "error", execution_count: replied, ...error, payload: [], user_expressions: {} };
    this.host.reply(message, told);
    this.#over(message);
    this.#abort(aborted);
  }

  #refuse(message: Message): void {
    this.host.reply(message, { status: "error", execution_count: this.count.next - 1, ...noText("code") });
    this.#over(message);
  }

  /** Answers what waits as aborted. */
  abort(): void {
    this.#abort(this.#waiting.splice(0));
  }

  #abort(messages: readonly Message[]): void {
    for (const message of messages) {
      this.host.busy(message);
      this.host.reply(message, { status: "aborted" });
      this.host.idle(message);
    }
  }

  #over(message: Message): void {
    this.#current = null;
    this.host.idle(message);
  }

  async #expressions(message: Message, count: number): Promise<Record<string, unknown>> {
    const asked = message.content.user_expressions;
    if (asked === null || typeof asked !== "object") return {};
    const answers: Record<string, unknown> = {};
    for (const [name, code] of Object.entries(asked)) {
      if (typeof code !== "string") {
        answers[name] = { status: "error", ...noText(name) };
        continue;
      }
      const outcome = await this.host.run(code, { message, count, silent: true, expression: true });
      answers[name] =
        outcome.status === "ok" ? { status: "ok", ...asResult(outcome.result) } : { status: "error", ...outcome.error };
    }
    return answers;
  }

  /** Takes what this client has queued; cells of other clients stay. */
  async #takeQueued(session: string): Promise<Message[]> {
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    const queued = this.#waiting.splice(0);
    this.#waiting.push(...queued.filter((message) => message.header.session !== session));
    return queued.filter((message) => message.header.session === session);
  }
}

function noText(name: string) {
  const [ename, evalue] = ["KernelError", `the request's ${name} is no text`];
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}

function asResult(result: Result | null): Result {
  return result ?? { data: { "text/plain": "undefined" }, metadata: {} };
}
