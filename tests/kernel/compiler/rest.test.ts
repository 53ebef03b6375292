import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCompiler } from "../../../src/kernel/compiler/create-compiler";
import { Rest } from "../../../src/kernel/compiler/rest";
import { emptyFolder } from "./notebook";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function rest() {
  const compiler = createCompiler({ cwd: emptyFolder() });
  const compile = vi.spyOn(compiler, "compile");
  const renew = vi.spyOn(compiler, "renew");
  return { rest: new Rest(compiler), compile, renew };
}

describe("while nobody asks anything, the compiler", () => {
  it("rehearses cells that it accepts, on top of the notebook's declarations, then makes new what is worn", async () => {
    const { rest: resting, compile, renew } = rest();
    resting.begin("declare const mine: number;\n");
    vi.advanceTimersByTime(200);
    expect(compile).not.toHaveBeenCalled();
    vi.runAllTimers();
    const count = compile.mock.calls.length;
    expect(count).toBeGreaterThan(100);
    for (const [request] of compile.mock.calls) expect(request.previous).toBe("declare const mine: number;\n");
    expect(await Promise.all(compile.mock.results.map(async ({ value }) => (await value).ok))).not.toContain(false);
    expect(renew).toHaveBeenCalledTimes(1);
    // Once is enough.
    resting.begin("");
    vi.runAllTimers();
    expect([compile.mock.calls.length, renew.mock.calls.length]).toEqual([count, 2]);
  });

  it("leaves off as soon as something is asked, and goes on later", () => {
    const { rest: resting, compile } = rest();
    resting.begin("");
    vi.advanceTimersByTime(310);
    const before = compile.mock.calls.length;
    resting.end();
    vi.advanceTimersByTime(10_000);
    expect(compile.mock.calls.length).toBe(before);
    resting.begin("");
    vi.runAllTimers();
    expect(compile.mock.calls.length).toBeGreaterThan(before);
  });
});
