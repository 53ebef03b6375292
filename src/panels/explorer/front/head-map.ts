import type { ExplorerAbout } from "../explorer-view";
import { colorBar } from "./color-bar";
import { element, setAttributes, setText } from "./element";
import { type Now, type Piece, queryName, rowOf, tokenIndex, tokenName } from "./now";
import { share, short } from "./numbers";
import { type Coloring, paintValues } from "./paint-canvas";
import { rovingFocus } from "./roving-focus";
import type { Words } from "./words";

/** What is done on the map of all blocks. */
export interface HeadMapEvents {
  choose(block: number, head: number): void;
  toggleHead(block: number, head: number): void;
  toggleMlp(block: number): void;
  toggleBlock(block: number): void;
}

/** All blocks from the first to the last: what their heads read, their MLPs, and the chosen token after each. */
export function headMap(words: Words, about: ExplorerAbout, events: HeadMapEvents): Piece {
  const { limits, rows, columns, prefix, dim } = about;
  const tokens = prefix.length + rows * columns;
  const small = Math.max(18, Math.min(44, Math.floor(300 / limits.heads)));
  const shape = `${columns} / ${rows}`;

  const blocks = Array.from({ length: limits.depth }, (_, block) => {
    const name = element("div", { role: "rowheader", class: "vx-block", "data-block": block }, words.block(block));
    const heads = Array.from({ length: limits.heads }, (_, head) => {
      const canvas = element("canvas", { "aria-hidden": "true" });
      canvas.style.aspectRatio = shape;
      return {
        canvas,
        cell: element("div", { role: "gridcell", class: "vx-head", "data-head": `${block}.${head}` }, canvas),
      };
    });
    const mlp = element("div", { role: "gridcell", class: "vx-mlp", "data-mlp": block }, words.mlp);
    return { name, heads, mlp, stream: streamCells(shape) };
  });
  const first = streamCells(shape);
  const streamName = element("span");
  const headers = element(
    "div",
    { role: "row", class: "vx-headers" },
    element("div", { role: "columnheader" }, words.headColumns),
    ...blocks[0]!.heads.map((_, head) =>
      element("div", { role: "columnheader", "aria-label": words.head(head) }, `${head}`),
    ),
    element("div", { role: "columnheader" }, element("span", { class: "vx-hidden" }, words.mlp)),
    element("div", { role: "columnheader", class: "vx-wide" }, streamName),
    element("div", { role: "columnheader" }, words.lengths),
    element("div", { role: "columnheader" }, element("span", { class: "vx-hidden" }, words.lengthsOf)),
  );
  const start = element(
    "div",
    { role: "row", class: "vx-start" },
    element("div", { role: "rowheader" }, words.embeddings),
    // Nothing is read before the first block.
    ...blocks[0]!.heads.map(() => element("div", { role: "gridcell", "aria-hidden": "true" })),
    element("div", { role: "gridcell", "aria-hidden": "true" }),
    ...first.cells,
  );
  const blockRows = blocks.map(({ name, heads, mlp, stream }) =>
    element("div", { role: "row" }, name, ...heads.map(({ cell }) => cell), mlp, ...stream.cells),
  );
  const grid = element(
    "div",
    { role: "grid", "aria-label": words.headMap, class: "vx-map" },
    headers,
    start,
    ...blockRows,
  );
  grid.style.setProperty("--vx-heads", `${limits.heads}`);
  grid.style.setProperty("--vx-small", `${small}px`);
  const setStop = rovingFocus(
    grid,
    blocks.map(({ name, heads, mlp }) => [name, ...heads.map(({ cell }) => cell), mlp]),
  );
  const bar = colorBar();
  const streamBar = colorBar();
  const lengthBar = colorBar();
  const root = element(
    "section",
    { class: "vx-blocks", "aria-label": words.blocks },
    element("h3", {}, words.blocks),
    element("p", { class: "vx-caption" }, words.headMapHint),
    element("div", { class: "vx-scroll" }, grid),
    element("div", { class: "vx-bars" }, bar.root, streamBar.root, lengthBar.root),
  );

  let tool = "look";
  const act = (target: EventTarget | null, toggle: boolean) => {
    const cell = (target as HTMLElement).closest<HTMLElement>("[data-head], [data-mlp], [data-block]");
    if (!cell) return;
    const { head, mlp, block } = cell.dataset;
    if (mlp !== undefined) events.toggleMlp(Number(mlp));
    else if (block !== undefined) events.toggleBlock(Number(block));
    else if (head !== undefined) {
      const [b, h] = head.split(".").map(Number) as [number, number];
      if (toggle) events.toggleHead(b, h);
      else events.choose(b, h);
    }
  };
  grid.addEventListener("click", ({ target, shiftKey }) => act(target, tool === "off" || shiftKey));
  grid.addEventListener("keydown", (event) => {
    const off = event.key === "Delete" || event.key === "Backspace";
    if (!off && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act(event.target, off || tool === "off" || event.shiftKey);
  });

  function update(now: Now): void {
    const { state, view } = now;
    const { edits } = state;
    tool = now.tool;
    root.dataset.tool = tool;
    for (const [block, { name, heads, mlp }] of blocks.entries()) {
      const [blockOff, mlpOff] = [edits.blocks.includes(block), edits.mlps.includes(block)];
      const mark = (on: HTMLElement, off: boolean, name: string) => {
        const label = `${name}, ${off ? words.isOff : words.isOn}`;
        setAttributes(on, { "data-off": off, "aria-label": label, title: label });
      };
      mark(name, blockOff, words.block(block));
      setAttributes(name.parentElement!, { "data-off": blockOff });
      mark(mlp, mlpOff, words.mlpOf(block));
      for (const [head, { cell }] of heads.entries()) {
        const off = edits.heads.some(([b, h]) => b === block && h === head);
        const chosen = state.block === block && state.head === head;
        const most = view && mostRead(view.attention, block * limits.heads + head);
        const label = [
          words.headOf(block, head),
          ...(most ? [words.mostRead(tokenName(words, about, most.token), share(most.weight))] : []),
          ...(off ? [words.isOff] : []),
          ...(chosen ? [words.chosen] : []),
        ].join(", ");
        setAttributes(cell, { "data-off": off, "aria-selected": `${chosen}`, "aria-label": label, title: label });
      }
    }
    setStop(blocks[state.block]!.heads[state.head]!.cell);
    const query = (view ?? now).state.query;
    const name = queryName(words, query);
    setText(streamName, words.stream(name));
    if (!view) return;
    let high = 1e-6;
    for (const [i, weight] of view.attention.entries()) if (i % tokens >= prefix.length && weight > high) high = weight;
    const coloring: Coloring = { scale: "viridis", low: 0, high, root: true };
    for (const [block, { heads }] of blocks.entries())
      for (const [head, { canvas }] of heads.entries())
        paintValues(
          canvas,
          rowOf(view.attention, block * limits.heads + head, tokens).subarray(prefix.length),
          columns,
          coloring,
        );
    bar.update(coloring, share, words.colorBar(share(0), share(high)), words.sharedScale);

    const reach = usualReach(view.stream);
    const signed: Coloring = { scale: "diverging", low: -reach, high: reach };
    const lengthsOfPatches = Array.from({ length: limits.depth + 1 }, (_, i) =>
      rowOf(view.lengths, i, tokens).subarray(prefix.length),
    );
    const longest = Math.max(...view.lengths);
    const ofLengths: Coloring = { scale: "viridis", low: 0, high: longest };
    for (const [i, stream] of [first, ...blocks.map(({ stream }) => stream)].entries()) {
      const length = view.lengths[i * tokens + tokenIndex(about, query)]!;
      paintValues(stream.strip, rowOf(view.stream, i, dim), dim, signed);
      stream.strip.parentElement!.setAttribute("aria-label", words.streamOf(name, dim, short(length)));
      setText(stream.length, short(length));
      stream.fill.style.inlineSize = `${(100 * length) / longest}%`;
      paintValues(stream.all, lengthsOfPatches[i]!, columns, ofLengths);
      const [low, most] = [Math.min(...lengthsOfPatches[i]!), Math.max(...lengthsOfPatches[i]!)];
      const label = `${words.lengthsOf}: ${short(low)} – ${short(most)}`;
      setAttributes(stream.all.parentElement!, { "aria-label": label, title: label });
    }
    streamBar.update(signed, short, words.colorBar(short(-reach), short(reach)), name);
    lengthBar.update(ofLengths, short, words.colorBar(short(0), short(longest)), words.lengthsOf);
  }

  function mostRead(attention: Float32Array, place: number): { token: number; weight: number } {
    const weights = rowOf(attention, place, tokens);
    const token = weights.reduce((best, weight, i) => (weight > weights[best]! ? i : best), 0);
    return { token, weight: weights[token]! };
  }
  return { root, update };
}

/** The cells of a row that show the stream: the token's numbers, its length, the lengths of all patches. */
function streamCells(shape: string) {
  const strip = element("canvas", { "aria-hidden": "true" });
  const fill = element("span", { class: "vx-fill" });
  const length = element("span");
  const all = element("canvas", { "aria-hidden": "true" });
  all.style.aspectRatio = shape;
  const cells = [
    element("div", { role: "gridcell", class: "vx-strip" }, strip),
    element("div", { role: "gridcell", class: "vx-length" }, length, element("span", { class: "vx-track" }, fill)),
    element("div", { role: "gridcell", class: "vx-all" }, all),
  ];
  return { strip, fill, length, all, cells };
}

/** The size that 98 % of the numbers stay below: a few large ones would leave the others pale. */
function usualReach(values: Float32Array): number {
  const sizes = values.map(Math.abs).sort();
  return sizes[Math.floor(0.98 * (sizes.length - 1))] || 1;
}
