import { join } from "node:path";
import { build } from "esbuild";
import { JSDOM, VirtualConsole } from "jsdom";
import { beforeAll, describe, expect, it } from "vitest";
import { type ExplorerState, firstState, stateToText } from "../../../src/panels/explorer/explorer-state";
import type { ExplorerAbout, ExplorerView } from "../../../src/panels/explorer/explorer-view";
import { askLatest } from "../../../src/panels/explorer/front/ask-latest";
import { share, short } from "../../../src/panels/explorer/front/numbers";
import { firstStep, nextStep, redo, undo } from "../../../src/panels/explorer/front/steps";
import { WORDS } from "../../../src/panels/explorer/front/words";

const limits = { images: 2, patches: 6, classToken: true, depth: 2, heads: 2 };
const about: ExplorerAbout = {
  title: "tiny",
  limits,
  classNames: ["cat", "dog", "ship"],
  imageNames: ["first", "second"],
  problemType: "single_label_classification",
  height: 4,
  width: 6,
  patchSize: 2,
  rows: 2,
  columns: 3,
  prefix: ["class"],
  dim: 4,
  headDim: 2,
};

/** An answer: with edits a dog, without a cat. */
function viewOf(state: ExplorerState): ExplorerView {
  const edited = JSON.stringify(state.edits) !== JSON.stringify(firstState(limits).edits);
  const attention = new Float32Array(2 * 2 * 7).map((_, i) => [0.1, 0.4, 0.1, 0.1, 0.1, 0.1, 0.1][i % 7]!);
  const part = {
    name: state.part ?? "",
    formula: "s = q · k / sqrt(d)",
    lines: ["q · k = 2", "s = 2 / sqrt(4) = 1"],
    vectors: [{ label: "query", values: new Float32Array([1, -2]) }],
    computed: 1,
    value: 1,
    source: { file: "src/nn/attend.ts", code: "scores(query, key);" },
  };
  return {
    state,
    pixels: new Uint8Array(4 * 6 * 3),
    answers: new Float32Array(edited ? [0.3, 0.6, 0.1] : [0.7, 0.2, 0.1]),
    unedited: new Float32Array([0.7, 0.2, 0.1]),
    attention,
    lens: new Float32Array(9).fill(1 / 3),
    stream: new Float32Array(12).fill(0.5),
    lengths: new Float32Array(21).fill(1),
    part: state.part === null ? null : part,
  };
}

let bundled: string;
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, "../../../src/panels/explorer/front/main.ts")],
    tsconfig: join(__dirname, "../../../tsconfig.front.json"),
    bundle: true,
    write: false,
    format: "iife",
    globalName: "front",
  });
  bundled = outputFiles[0]!.text;
});

/** An answer as a front end gets it: numbers as bytes within a message, at any place. */
function sent(view: ExplorerView): unknown {
  const asBytes = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(asBytes);
    if (typeof value !== "object" || value === null) return value;
    if (!ArrayBuffer.isView(value))
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asBytes(one)]));
    const message = new Uint8Array(value.byteLength + 1);
    message.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), 1);
    return new DataView(message.buffer, 1);
  };
  return asBytes(view);
}

/** What anywidget has of a model, with a kernel that answers when told. */
class FakeModel {
  readonly asked: ExplorerState[] = [];
  readonly saved: string[] = [];
  readonly #traits: Record<string, unknown>;
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(traits: Record<string, unknown>) {
    this.#traits = traits;
  }
  get(name: string): unknown {
    return this.#traits[name];
  }
  set(name: string, value: unknown): void {
    const same = name !== "view" && JSON.stringify(value) === JSON.stringify(this.#traits[name]);
    this.#traits[name] = value;
    if (same) return;
    for (const listener of this.#listeners.get(`change:${name}`) ?? []) listener();
  }
  save_changes(): void {
    this.saved.push(JSON.stringify([this.get("state"), this.get("value")]));
    const state = this.get("state") as ExplorerState | undefined;
    if (state) this.asked.push(state);
  }
  on(event: string, listener: () => void): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
  }
  off(event: string, listener: () => void): void {
    this.#listeners.get(event)?.delete(listener);
  }
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
  /** The kernel answers the last question. */
  answer(): void {
    this.set("view", sent(viewOf(this.asked.at(-1)!)));
  }
}

/** The bundle in a page of its own. */
function page(traits: Record<string, unknown>) {
  const timers: (() => void)[] = [];
  // Its canvases draw nothing, and say so.
  const { window } = new JSDOM("<!doctype html><body></body>", {
    runScripts: "outside-only",
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(),
    beforeParse(window) {
      window.setTimeout = ((late: () => void) => timers.push(late)) as typeof window.setTimeout;
    },
  });
  window.eval(`${bundled}; window.front = front;`);
  const model = new FakeModel(traits);
  const el = window.document.body;
  const { render } = (window as unknown as { front: { default: { render(given: object): () => void } } }).front.default;
  const end = render({ model, el });
  const find = (selector: string) => {
    const found = el.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`nothing is ${selector}`);
    return found;
  };
  const press = (key: string, more: object = {}) => {
    const on = window.document.activeElement!;
    on.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  };
  const says = () => find(".vx-says").textContent;
  return { window, el, model, end, find, press, says, timers, render };
}

const explorer = async (more: Record<string, unknown> = {}) => {
  const state = firstState(limits);
  const shown = page({ mode: "explorer", about, state, view: viewOf(state), error: "", language: "en", ...more });
  await Promise.resolve();
  return shown;
};

describe("askLatest", () => {
  it("asks one question at a time, and then the latest", () => {
    const asked: number[] = [];
    const asker = askLatest<number>((question) => asked.push(question), Object.is);
    for (const question of [1, 2, 3]) asker.want(question);
    expect([asked, asker.waiting]).toEqual([[1], true]);
    asker.answered();
    expect(asked).toEqual([1, 3]);
    asker.answered();
    expect([asked, asker.waiting]).toEqual([[1, 3], false]);
  });

  it("forgets what waits when the question under way is wanted again", () => {
    const asked: number[] = [];
    const asker = askLatest<number>((question) => asked.push(question), Object.is);
    for (const question of [1, 2, 1]) asker.want(question);
    asker.answered();
    expect(asked).toEqual([1]);
  });
});

describe("steps", () => {
  it("go back and forth, and a handle that is pulled is one step", () => {
    let steps = nextStep(firstStep(0), 1);
    steps = nextStep(nextStep(steps, 2), 3, true);
    expect(undo(steps).now).toBe(1);
    expect(redo(undo(steps)).now).toBe(3);
    expect(undo(undo(undo(steps))).now).toBe(0);
    expect(redo(nextStep(undo(steps), 9)).now).toBe(9);
  });
});

describe("numbers", () => {
  it("are written short", () => {
    expect([0, 0.0002, 0.042, 0.0996, 0.41, 1].map(share)).toEqual(["0 %", "<0.1 %", "4.2 %", "10 %", "41 %", "100 %"]);
    expect([0, -1.2345, 12.34, 1234, 0.00001].map(short)).toEqual(["0", "−1.23", "12.3", "1234", "1.0e−5"]);
  });
});

describe("words", () => {
  it("are there in both languages, and none is left in the other", () => {
    const names = (words: object): string[] =>
      Object.entries(words).flatMap(([name, word]) => (typeof word === "object" ? names(word) : [name]));
    expect(names(WORDS.zh).sort()).toEqual(names(WORDS.en).sort());
    const { partNames: _, ...zh } = WORDS.zh;
    const texts = Object.values(zh).filter((word): word is string => typeof word === "string");
    expect(texts.filter((text) => !/[\u4e00-\u9fff]/.test(text))).toEqual(["MLP"]);
  });
});

describe("the explorer", () => {
  it("shows the saved answer, and asks nothing until something is changed", async () => {
    const { model, says, find } = await explorer();
    expect(model.asked).toEqual([]);
    expect(says()).toContain("cat 70 %");
    expect(find('[data-patch="0"]').getAttribute("aria-label")).toBe("patch 0, row 0, column 0, is read to 40 %");
  });

  it("asks at once where there is no answer yet", async () => {
    const { model, says } = await explorer({ view: null });
    expect(model.asked.map(stateToText)).toEqual(["i0.qc.b1.h0.k0"]);
    model.answer();
    expect(says()).toContain("cat 70 %");
  });

  it("paints patches out by keyboard, says what that changes, and takes it back", async () => {
    const { model, find, press, says, window } = await explorer();
    find('[data-tool="paint"]').click();
    find('[data-patch="0"]').focus();
    press("ArrowDown");
    press("ArrowRight");
    expect((window.document.activeElement as HTMLElement).dataset.patch).toBe("4");
    press("Enter");
    expect(model.asked.map(stateToText)).toEqual(["i0.qc.b1.h0.k0.x4"]);
    model.answer();
    expect(says()).toContain("cat 70 % → dog 60 %");
    expect(find('[data-patch="4"]').getAttribute("aria-label")).toContain("painted out");
    press("z", { ctrlKey: true });
    model.answer();
    expect(says()).toBe("cat 70 %No edits");
    press("Z", { ctrlKey: true, shiftKey: true });
    expect(model.asked.map(stateToText).at(-1)).toBe("i0.qc.b1.h0.k0.x4");
  });

  it("swaps two patches, and Escape lets go of the first", async () => {
    const { model, find, press } = await explorer();
    find('[data-tool="swap"]').click();
    find('[data-patch="1"]').click();
    find('[data-patch="1"]').focus();
    press("Escape");
    find('[data-patch="2"]').click();
    find('[data-patch="5"]').click();
    expect(model.asked.map(stateToText)).toEqual(["i0.qc.b1.h0.k0.s2-5"]);
  });

  it("chooses a head on the map, and switches heads, MLPs and blocks off", async () => {
    const { model, find, press } = await explorer();
    const last = () => stateToText(model.asked.at(-1)!);
    find('[data-head="0.1"]').click();
    expect(last()).toBe("i0.qc.b0.h1.k0");
    model.answer();
    find('[data-head="0.1"]').focus();
    press("Delete");
    model.answer();
    press("ArrowRight");
    press(" ");
    model.answer();
    press("Home");
    press("Enter");
    expect(last()).toBe("i0.qc.b0.h1.k0.a0-1.m0.l0");
    expect(find('[data-mlp="0"]').getAttribute("aria-label")).toBe("MLP of block 0, switched off");
  });

  it("asks for the latest only, while an answer is under way", async () => {
    const { model, find } = await explorer();
    for (const head of ["0.0", "0.1", "1.1"]) find(`[data-head="${head}"]`).click();
    expect(model.asked.map(stateToText)).toEqual(["i0.qc.b0.h0.k0"]);
    model.answer();
    expect(model.asked.map(stateToText)).toEqual(["i0.qc.b0.h0.k0", "i0.qc.b1.h1.k0"]);
  });

  it("opens the formula of a part, of the block that is chosen", async () => {
    const { model, find } = await explorer();
    find('[data-part="blocks.1.attention.scores"]').click();
    model.answer();
    expect(find(".vx-part").textContent).toContain("s = 2 / sqrt(4) = 1");
    expect(find(".vx-part").textContent).toContain("the same but for rounding");
    find('[data-head="0.0"]').click();
    expect(model.asked.at(-1)!.part).toBe("blocks.0.attention.scores");
  });

  it("says what can't be answered, and goes on", async () => {
    const { model, find, says } = await explorer();
    find('[data-mlp="0"]').click();
    model.set("error", "the model was disposed: load it again");
    expect(find(".vx-failure").textContent).toBe("the model was disposed: load it again");
    find('[data-mlp="1"]').click();
    model.answer();
    expect(find(".vx-failure").hidden).toBe(true);
    expect(says()).toContain("dog 60 %");
  });

  it("opens the text of a state, and refuses one that names what isn't there", async () => {
    const { model, find, window } = await explorer();
    const field = find(".vx-state input") as HTMLInputElement;
    const open = () => find(".vx-state").dispatchEvent(new window.Event("submit", { cancelable: true }));
    field.value = "i9";
    open();
    expect(find(".vx-state [role=status]").textContent).toBe("there is no image 9: give one from 0 to 1");
    field.value = "https://example.org/explorer.html#i1.q2.b0.h1";
    open();
    expect(model.asked.map(stateToText)).toEqual(["i1.q2.b0.h1.k0"]);
  });

  it("speaks another language when told, and keeps its state", async () => {
    const { model, find, el, window } = await explorer();
    const language = find(".vx-language") as HTMLSelectElement;
    language.value = "zh";
    language.dispatchEvent(new window.Event("change"));
    expect(find(".vx").lang).toBe("zh-CN");
    expect(el.textContent).toContain("涂掉");
    expect(model.get("language")).toBe("zh");
  });

  it("follows another view of the same widget", async () => {
    const { model, find } = await explorer();
    const state = { ...firstState(limits), block: 0, head: 1 };
    model.set("state", state);
    expect(find('[data-head="0.1"]').getAttribute("aria-selected")).toBe("true");
    model.set("view", viewOf(state));
    expect(find(".vx-waits").dataset.on).toBe("false");
  });

  it("is one state in several views", async () => {
    const { model, el, render, window } = await explorer();
    const second = el.appendChild(window.document.createElement("div"));
    render({ model, el: second });
    await Promise.resolve();
    const chosen = '[data-head="0.1"]';
    second.querySelector<HTMLElement>(chosen)!.click();
    expect(model.asked.map(stateToText)).toEqual(Array(model.asked.length).fill("i0.qc.b0.h1.k0"));
    model.answer();
    const selected = [...el.querySelectorAll(chosen)].map((cell) => cell.getAttribute("aria-selected"));
    expect(selected).toEqual(["true", "true"]);
    expect([...el.querySelectorAll<HTMLElement>(".vx-waits")].map(({ dataset }) => dataset.on)).toEqual([
      "false",
      "false",
    ]);
  });

  it("says that it takes a kernel where none answers, and shows an answer that comes late", async () => {
    const { model, find, says, timers } = await explorer();
    find('[data-mlp="0"]').click();
    timers.at(-1)!();
    expect(find(".vx-failure").textContent).toContain("a change takes a running kernel");
    expect(says()).toContain("cat 70 %");
    model.answer();
    expect(find(".vx-failure").hidden).toBe(true);
    expect(says()).toContain("dog 60 %");
  });

  it("leaves nothing behind when it is taken away", async () => {
    const { model, end, el } = await explorer();
    end();
    expect([el.childElementCount, model.listeners]).toEqual([0, 0]);
  });
});

describe("the picker", () => {
  it("chooses a patch by keyboard and follows the kernel", () => {
    const pixels = new DataView(new ArrayBuffer(4 * 6 * 3));
    const traits = { mode: "picker", pixels, width: 6, height: 4, rows: 2, columns: 3, value: 1, description: "patch" };
    const { model, find, press, el } = page(traits);
    find('[data-patch="1"]').focus();
    press("ArrowDown");
    press("Enter");
    expect(model.get("value")).toBe(4);
    expect(el.textContent).toContain("Patch 4 (row 1, column 1)");
    model.set("value", 2);
    expect(find('[data-patch="2"]').getAttribute("aria-selected")).toBe("true");
    expect(find('[tabindex="0"]').dataset.patch).toBe("2");
  });
});
