import { expect, it } from "vitest";
import { EventStream } from "../../src/train/event-stream";
import type { EpochEvent, StepEvent, TrainingEvent } from "../../src/train/events";

const step = (update: number) => ({ type: "step", update }) as StepEvent;
const epoch = (number: number) => ({ type: "epoch", epoch: number }) as EpochEvent;

async function all(stream: EventStream): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

it("hands events on in their order, to one who waits and to one who comes later", async () => {
  const stream = new EventStream();
  const waiting = all(stream);
  stream.push(step(1));
  stream.push(epoch(1));
  const later = all(stream);
  stream.push(step(2));
  stream.end();
  expect(await waiting).toEqual([step(1), epoch(1), step(2)]);
  expect(await later).toEqual([epoch(1), step(2)]);
});

it("keeps a bounded number of steps for one who doesn't listen, and every epoch", async () => {
  const stream = new EventStream();
  const iterator = stream[Symbol.asyncIterator]();
  for (let i = 1; i <= 100_000; i++) {
    stream.push(step(i));
    if (i % 1000 === 0) stream.push(epoch(i / 1000));
  }
  stream.end();
  const events: TrainingEvent[] = [];
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) events.push(next.value);
  expect(events.filter(({ type }) => type === "epoch").length).toBe(100);
  const steps = events.filter((event): event is StepEvent => event.type === "step");
  expect(steps.length).toBeLessThanOrEqual(10_000);
  expect(steps.length).toBeGreaterThanOrEqual(5_000);
  expect(steps.at(-1)?.update).toBe(100_000);
  expect(steps.every(({ update }, i) => i === 0 || update === (steps[i - 1] as StepEvent).update + 1)).toBe(true);
});

it("throws the failure of the run after the last event, for everyone", async () => {
  const stream = new EventStream();
  const waiting = all(stream);
  stream.push(step(1));
  stream.end({ error: new Error("no more") });
  await expect(waiting).rejects.toThrow("no more");
  await expect(all(stream)).rejects.toThrow("no more");
});

it("answers several calls that wait at once, in their order", async () => {
  const stream = new EventStream();
  const iterator = stream[Symbol.asyncIterator]();
  const calls = [1, 2, 3, 4].map(() => iterator.next());
  stream.push(step(1));
  stream.push(step(2));
  calls.push(iterator.next());
  stream.push(step(3));
  stream.end();
  expect((await Promise.all(calls)).map(({ value }) => value)).toEqual([
    step(1),
    step(2),
    step(3),
    undefined,
    undefined,
  ]);
});

it("ends the calls that wait when its listener leaves", async () => {
  const iterator = new EventStream()[Symbol.asyncIterator]();
  const calls = [iterator.next(), iterator.next()];
  await new Promise(setImmediate);
  await iterator.return?.();
  expect(await Promise.all(calls)).toEqual([
    { value: undefined, done: true },
    { value: undefined, done: true },
  ]);
});
