import { expect, it } from "vitest";
import { createCompiler } from "../../../src/kernel/compiler/create-compiler";
import { emptyFolder } from "./notebook";

it("names what is wrong with the grammar of a cell, and nothing that only the kernel added", async () => {
  const compiler = createCompiler({ cwd: emptyFolder() });
  const messages = async (code: string) => {
    const cell = await compiler.compile({ code, cell: "Cell[1]", previous: "" });
    return cell.ok ? [] : cell.diagnostics.map(({ start, message }) => `${start.line}:${start.column} ${message}`);
  };
  expect(await messages("const a = 1;\nfunction (")).toEqual(["2:10 Identifier expected.", "2:11 ')' expected."]);
  expect((await messages("const a = {")).join()).not.toContain("export");
  expect(await messages("<a>{</a>")).not.toEqual([]);
});
