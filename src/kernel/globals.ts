import { MAGIC_DECLARATIONS } from "./magics/declarations";

/** What every cell sees without an import: declared to the compiler, defined by the child. */
export const GLOBAL_DECLARATIONS = `
/** Asks for a line of text: a box opens under the cell. */
declare function input(prompt?: string): Promise<string>;
/** Asks for a secret: what is typed is not shown. */
declare function getpass(prompt?: string): Promise<string>;
/** Shows a value as the last expression of a cell is shown: a MIME bundle, a tensor, a table, anything. With \`displayId\` it can be replaced later by \`update: true\`. */
declare function display(value: unknown, options?: { metadata?: Record<string, unknown>; displayId?: string; update?: boolean; raw?: boolean }): void;
/** Clears the cell's output, at once or with \`wait\` when the next output comes. */
declare function clearOutput(wait?: boolean): void;
/** The value that was shown last; \`__\` and \`___\` those before it. */
declare var _: any;
declare var __: any;
declare var ___: any;
/** The values that were shown, by the number of their cell. */
declare const Out: Readonly<Record<number, any>>;
/** What the cells were, by their number. */
declare const In: readonly string[];
${MAGIC_DECLARATIONS}`;
