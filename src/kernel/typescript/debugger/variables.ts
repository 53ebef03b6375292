import type { Inspector } from "./inspector";

/** An object whose properties are shown as variables. */
export interface Holder {
  readonly objectId: string;
  /** Where a variable is set in its place: a copy of that is shown. */
  readonly original?: string;
  /** How a scope of a frame is named where one of its variables is set. */
  readonly scope?: { readonly callFrameId: string; readonly scopeNumber: number };
}

/** What the inspector says of a value. */
export interface RemoteObject {
  readonly type: string;
  readonly subtype?: string;
  readonly className?: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
  readonly description?: string;
  readonly objectId?: string;
}

/** A variable as the Debug Adapter Protocol lists it. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly evaluateName: string;
  /** 0 for a value that can't be opened. */
  readonly variablesReference: number;
}

const MOST = 200;
const LONGEST = 500;
/** What the compiler and the executor put into the scope of a cell. */
const OURS =
  /^(tsLastExpr\d*|exports|require|arguments|this|__\w+__|__importStar|__importDefault|__createBinding|__setModuleDefault|__exportStar|__awaiter)$/;

/** Numbers the objects that a stopped program shows; the numbers hold until it goes on. */
export class Variables {
  #objects: (readonly Holder[])[] = [];

  constructor(private readonly inspector: Inspector) {}

  /** The number of one scope, or of several that are shown as one. */
  reference(...holders: readonly Holder[]): number {
    return this.#objects.push(holders);
  }

  forget(): void {
    this.#objects = [];
  }

  async list(reference: number): Promise<Variable[]> {
    const found: Variable[] = [];
    for (const holder of this.#objects[reference - 1] ?? []) {
      for (const { name, value } of await this.#properties(holder)) {
        if (!value || OURS.test(name) || found.some((each) => each.name === name)) continue;
        found.push(this.variable(name, value));
        if (found.length === MOST) return found;
      }
    }
    return found;
  }

  /** Gives the variable `name` of a reference this value. Throws where there is none of that name. */
  async set(reference: number, name: string, value: RemoteObject): Promise<void> {
    for (const holder of this.#objects[reference - 1] ?? []) {
      if (!(await this.#properties(holder)).some((each) => each.name === name)) continue;
      const { objectId, original = objectId, scope } = holder;
      const newValue = argumentOf(value);
      if (scope) {
        await this.inspector.post("Debugger.setVariableValue", { ...scope, variableName: name, newValue });
        return;
      }
      await setProperty(this.inspector, original, name, newValue);
      return;
    }
    throw new Error(`there is no variable ${name} any more`);
  }

  async #properties({ objectId }: Holder): Promise<readonly { name: string; value?: RemoteObject }[]> {
    const found = await this.inspector.post("Runtime.getProperties", { objectId, ownProperties: true });
    return found.result as { name: string; value?: RemoteObject }[];
  }

  variable(name: string, value: RemoteObject): Variable {
    return {
      name,
      value: textOf(value),
      type: typeOf(value),
      evaluateName: name,
      variablesReference: value.objectId && value.type === "object" ? this.reference({ objectId: value.objectId }) : 0,
    };
  }
}

/** `object[name] = value`. */
export async function setProperty(
  inspector: Inspector,
  objectId: string,
  name: string,
  value: Record<string, unknown>,
): Promise<void> {
  const functionDeclaration = "function (name, value) { this[name] = value; }";
  const args = [{ value: name }, value];
  await inspector.post("Runtime.callFunctionOn", { objectId, functionDeclaration, arguments: args });
}

/** A remote object as an argument of the inspector's calls. */
export function argumentOf({ objectId, unserializableValue, value }: RemoteObject): Record<string, unknown> {
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value } : { unserializableValue };
}

/** JupyterLab shows the value only of the types that it knows, and it knows Python's. */
function typeOf({ type, subtype, className, value }: RemoteObject): string {
  if (type === "number") return Number.isInteger(value) ? "int" : "float";
  if (type === "string") return "str";
  return className ?? subtype ?? type;
}

/** One line for a value: `5`, `'cat'`, `Array(3)`. */
export function textOf(value: RemoteObject): string {
  if (value.type === "string") return cut(`'${String(value.value)}'`);
  if (value.unserializableValue !== undefined) return value.unserializableValue;
  if (value.type === "undefined") return "undefined";
  if ("value" in value && (value.value === null || typeof value.value !== "object")) return String(value.value);
  return cut((value.description ?? value.type).split("\n")[0]!);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
