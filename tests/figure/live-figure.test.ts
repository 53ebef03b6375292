import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { liveFigure } from "../../src/figure/live-figure";
import { closeNotebook, fakeNotebook, type Sent, words } from "./fake-notebook";

let printed: string[];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
});

afterEach(() => {
  closeNotebook();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const resolveAfter = <T>(milliseconds: number, value: T) =>
  new Promise<T>((resolve) => setTimeout(() => resolve(value), milliseconds));

describe("liveFigure", () => {
  const textOf = ({ data, update }: Sent) => `${data["text/plain"]}${update ? "" : " (new)"}`;

  it("takes the place of what it showed before", async () => {
    const sent = fakeNotebook();
    const live = await liveFigure(words("1"));
    await live.finish(words("2"));
    expect(sent.map(textOf)).toEqual(["1 (new)", "2"]);
    expect(sent[0]!.displayId).toBeTruthy();
    expect(sent[1]!.displayId).toBe(sent[0]!.displayId);
  });

  it("draws at most once an interval, and then the latest", async () => {
    vi.useFakeTimers();
    const sent = fakeNotebook();
    const live = await liveFigure(words("0"), { interval: 500 });
    for (let step = 1; step <= 10; step++) {
      live.update(words(String(step)));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sent.map(textOf)).toEqual(["0 (new)", "5", "10"]);
    await live.finish();
    expect(sent.map(textOf).at(-1)).toBe("10");
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toHaveLength(4);
  });

  it("draws again after the interval, however long the first drawing took to load what it needs", async () => {
    vi.useFakeTimers();
    const sent = fakeNotebook();
    const slow = { ...words("0"), bundle: () => resolveAfter(3000, { data: { "text/plain": "0" }, metadata: {} }) };
    const starting = liveFigure(slow, { interval: 500 });
    await vi.advanceTimersByTimeAsync(3000);
    const live = await starting;
    live.update(words("1"));
    await vi.advanceTimersByTimeAsync(500);
    expect(sent.map(textOf)).toEqual(["0 (new)", "1"]);
  });

  it("takes a tenth of the time at most for drawing", async () => {
    vi.useFakeTimers();
    const sent = fakeNotebook();
    const live = await liveFigure(words("0"), { interval: 500 });
    const slow = { ...words("1"), bundle: () => resolveAfter(400, { data: { "text/plain": "1" }, metadata: {} }) };
    await vi.advanceTimersByTimeAsync(500);
    live.update(slow);
    await vi.advanceTimersByTimeAsync(400);
    live.update(words("2"));
    await vi.advanceTimersByTimeAsync(3900);
    expect(sent.map(textOf)).toEqual(["0 (new)", "1"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent.map(textOf)).toEqual(["0 (new)", "1", "2"]);
  });

  it("doesn't end a training when one drawing fails", async () => {
    vi.useFakeTimers();
    const sent = fakeNotebook();
    const live = await liveFigure(words("0"));
    await vi.advanceTimersByTimeAsync(1000);
    live.update({ ...words("broken"), bundle: () => Promise.reject(new Error("broken")) });
    await vi.advanceTimersByTimeAsync(1000);
    await live.finish(words("1"));
    expect(sent.map(textOf)).toEqual(["0 (new)", "1"]);
  });

  it("only prints its last words outside of a notebook", async () => {
    const live = await liveFigure(words("first"));
    live.update(words("second"));
    expect(printed).toEqual([]);
    await live.finish();
    expect(printed).toEqual(["second"]);
  });
});
