import type { Inspector } from "./inspector";

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
  #objects: string[][] = [];

  constructor(private readonly inspector: Inspector) {}

  /** The number of one scope, or of several that are shown as one. */
  reference(...objectIds: string[]): number {
    return this.#objects.push(objectIds);
  }

  forget(): void {
    this.#objects = [];
  }

  async list(reference: number): Promise<Variable[]> {
    const found: Variable[] = [];
    for (const objectId of this.#objects[reference - 1] ?? []) {
      const { result } = (await this.inspector.post("Runtime.getProperties", { objectId, ownProperties: true })) as {
        result: { name: string; value?: RemoteObject; enumerable?: boolean }[];
      };
      for (const { name, value } of result) {
        if (!value || OURS.test(name) || found.some((each) => each.name === name)) continue;
        found.push(this.variable(name, value));
        if (found.length === MOST) return found;
      }
    }
    return found;
  }

  variable(name: string, value: RemoteObject): Variable {
    return {
      name,
      value: textOf(value),
      type: typeOf(value),
      evaluateName: name,
      variablesReference: value.objectId && value.type === "object" ? this.reference(value.objectId) : 0,
    };
  }
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
