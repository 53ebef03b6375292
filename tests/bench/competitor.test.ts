import { beforeAll, describe, expect, it } from "vitest";
import { type Loaded, load } from "./load";

let startCompetitor: Loaded;

beforeAll(async () => {
  ({ startCompetitor } = await load("models/competitor.mjs"));
});

const program = (body: string) => ({
  command: process.execPath,
  args: ["-e", `const lines = require("node:readline").createInterface({ input: process.stdin }); ${body}`],
});

describe("a competitor", () => {
  it("answers one order after the other, whatever else it prints, and ends with its stdin", async () => {
    const { ask, end } = startCompetitor(
      program(`lines.on("line", (line) => {
        console.log("a library's banner");
        console.log("@bench " + JSON.stringify({ twice: 2 * JSON.parse(line).number }));
      });`),
    );
    expect(await ask({ number: 4 })).toEqual({ twice: 8 });
    expect(await ask({ number: 5 })).toEqual({ twice: 10 });
    await end();
  });

  it("passes on what went wrong over there", async () => {
    const { ask, end } = startCompetitor(program(`console.log('@bench {"error":"out of memory"}');`));
    await expect(ask({})).rejects.toThrow("out of memory");
    await end();
  });

  it("says how it died, and with which last words", async () => {
    const { ask } = startCompetitor(program(`console.error("no such engine"); process.exit(3);`));
    await expect(ask({})).rejects.toThrow("it ended with code 3: no such engine");
    await expect(ask({})).rejects.toThrow("it ended with code 3");
  });

  it("that is no program says so", async () => {
    await expect(startCompetitor({ command: "no-such-program", args: [] }).ask({})).rejects.toThrow("does not start");
  });
});
