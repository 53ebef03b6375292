import type { Language } from "../../../base/language";
import { ownKeys } from "../../shared/front/own-keys";
import { type ExplorerEdits, type ExplorerState, NO_EDITS, stateToText } from "../explorer-state";
import type { ExplorerAbout, ExplorerView } from "../explorer-view";
import { answerLine } from "./answer-line";
import { askLatest } from "./ask-latest";
import { attentionImage } from "./attention-image";
import { classBars } from "./class-bars";
import { button, choices, element, labeled } from "./element";
import { followTheme } from "./follow-theme";
import { headMap } from "./head-map";
import { lensChart } from "./lens-chart";
import type { Now, Piece, Query, Tool } from "./now";
import { comparesTokens, partPanel } from "./part-panel";
import { partInBlock, partStrip } from "./part-strip";
import { stateBox } from "./state-box";
import { firstStep, nextStep, redo, type Steps, undo } from "./steps";
import { styleElement } from "./style";
import { toolBar } from "./tool-bar";
import { WORDS } from "./words";

/** What an explorer is shown in: a notebook, or a page of its own. */
export interface ExplorerHost {
  readonly about: ExplorerAbout;
  /** To start with. */
  readonly state: ExplorerState;
  /** The answer to it, where there is one already. */
  readonly view?: ExplorerView | null;
  readonly language: Language;
  /** Answered by `show` or `fail`. */
  ask(state: ExplorerState): void;
  /** A link that opens a state, for a page; without it the text alone is copied. */
  linkOf?(text: string): string;
  /** Takes a reader's own picture; answered by `about`, and `go` to a state that shows it. */
  photograph?(file: Blob, name: string): void;
  /** Another language was chosen. */
  speak?(language: Language): void;
}

/** An explorer on the screen. */
export interface Mounted {
  /** An answer. */
  show(view: ExplorerView): void;
  /** Why there is no answer, in a sentence. */
  fail(sentence: string): void;
  /** Other images. */
  about(about: ExplorerAbout): void;
  /** Goes to a state, and asks for its answer. */
  go(state: ExplorerState): void;
  remove(): void;
}

const sameState = (one: ExplorerState, other: ExplorerState) => stateToText(one) === stateToText(other);

/** Shows an explorer in an element: the whole forward pass, edits by hand, and every step's formula. */
export function mountExplorer(el: HTMLElement, host: ExplorerHost): Mounted {
  const root = element("div", { class: "vx" });
  let { about, language } = host;
  let state = host.state;
  let edits: Steps<ExplorerEdits> = firstStep(state.edits);
  let view = host.view ?? null;
  let preview: Query | null = null;
  let tool: Tool = "look";
  let armed: number | null = null;
  let painting = true;
  let failure = "";
  let reveal: HTMLElement | undefined;
  let pieces: readonly Piece[] = [];
  let removed = false;
  const asker = askLatest<ExplorerState>((asked) => host.ask(asked), sameState);

  const update = () => {
    const [canUndo, canRedo] = [edits.past.length > 0, edits.future.length > 0];
    const now: Now = { about, state, view, tool, armed, waiting: asker.waiting, failure, canUndo, canRedo };
    for (const piece of pieces) piece.update(now);
  };
  const wanted = () => (preview === null ? state : { ...state, query: preview });
  const ask = () => {
    const answered = view !== null && sameState(view.state, wanted());
    if (asker.waiting || !answered) asker.want(wanted());
    else failure = "";
    update();
  };
  const choose = (chosen: Partial<ExplorerState>) => {
    state = { ...state, ...chosen };
    ask();
  };
  const take = (steps: Steps<ExplorerEdits>) => {
    edits = steps;
    choose({ edits: steps.now });
  };
  const edit = (changed: Partial<ExplorerEdits>, merge = false) =>
    take(nextStep(edits, { ...edits.now, ...changed }, merge));

  const paint = (patch: number, merge: boolean) => {
    const painted = edits.now.painted.filter((one) => one !== patch);
    if (!merge) painting = !edits.now.painted.includes(patch);
    edit({ painted: painting ? [...painted, patch].sort((a, b) => a - b) : painted }, merge);
  };
  const swap = (patch: number) => {
    const first = armed;
    armed = first === null ? patch : null;
    if (first === null || first === patch) update();
    else edit({ swapped: [...edits.now.swapped, [first, patch]] });
  };
  const actOn = (query: Query, shift: boolean) => {
    if (shift && comparesTokens(state.part)) choose({ key: query });
    else if (query === "class" || tool === "look" || tool === "off") choose({ query });
    else if (tool === "paint") paint(query, false);
    else swap(query);
  };
  const takeTool = (next: Tool) => {
    tool = next;
    armed = null;
    preview = null;
    ask();
  };
  const toggled = (all: readonly number[], one: number) =>
    all.includes(one) ? all.filter((other) => other !== one) : [...all, one].sort((a, b) => a - b);

  /** All anew: for another language, or other images. */
  const build = () => {
    const words = WORDS[language];
    const bar = toolBar(words, {
      take: takeTool,
      edit,
      undo: () => take(undo(edits)),
      redo: () => take(redo(edits)),
      reset: () => edit(NO_EDITS),
    });
    const image = attentionImage(words, about, {
      preview(query) {
        // Whoever is about to paint isn't looking around.
        if (tool !== "look" && tool !== "off") return;
        preview = query;
        ask();
      },
      actOn,
      stroke: (patch, first) => tool === "paint" && paint(patch, !first),
    });
    const map = headMap(words, about, {
      choose: (block, head) => choose({ block, head, part: partInBlock(state.part, block) }),
      toggleHead(block, head) {
        const others = edits.now.heads.filter(([b, h]) => b !== block || h !== head);
        const off = others.length < edits.now.heads.length;
        edit({ heads: off ? others : [...others, [block, head]] });
      },
      toggleMlp: (block) => edit({ mlps: toggled(edits.now.mlps, block) }),
      toggleBlock: (block) => edit({ blocks: toggled(edits.now.blocks, block) }),
    });
    const strip = partStrip(words, (part) => {
      reveal = part === null ? undefined : panel.root;
      choose({ part });
    });
    const panel = partPanel(words, about, {
      close: () => choose({ part: null }),
      compareWith: (key) => choose({ key }),
    });
    const [answer, bars, lens] = [answerLine(words, about), classBars(words, about), lensChart(words, about)];
    const box = stateBox(words, about, go, host.linkOf && ((text) => host.linkOf!(text)));
    pieces = [bar, answer, image, map, bars, lens, strip, panel, box, imageChoice()];
    root.lang = language === "zh" ? "zh-CN" : "en";
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", words.explorer(about.title));
    const { limits, patchSize, dim } = about;
    const shape = { blocks: limits.depth, heads: limits.heads, patches: limits.patches, size: patchSize, dim };
    root.replaceChildren(
      element(
        "header",
        { class: "vx-header" },
        element("div", { class: "vx-title" }, element("h2", {}, about.title), element("p", {}, words.shape(shape))),
        pieces.at(-1)!.root,
        languageChoice(),
      ),
      bar.root,
      answer.root,
      element(
        "div",
        { class: "vx-main" },
        image.root,
        map.root,
        element("div", { class: "vx-answers" }, bars.root, lens.root),
      ),
      strip.root,
      panel.root,
      element("footer", { class: "vx-footer" }, element("span", {}, words.state), box.root),
    );
    update();
  };

  function imageChoice(): Piece {
    const words = WORDS[language];
    const names = about.imageNames.map((name, i): [string, string] => [`${i}`, name]);
    const select = choices(names, (value) => choose({ image: Number(value) }));
    const row = element("div", { class: "vx-group" }, labeled(words.image, select));
    const { photograph } = host;
    if (photograph) {
      const file = element("input", {
        type: "file",
        accept: "image/*",
        class: "vx-hidden",
        tabindex: "-1",
        "aria-label": words.photograph,
      });
      file.addEventListener("change", () => {
        const chosen = file.files?.[0];
        if (chosen) host.photograph!(chosen, chosen.name);
        file.value = "";
      });
      row.append(
        button(words.photograph, () => file.click(), { title: words.dropHere }),
        file,
      );
    }
    return {
      root: row,
      update(now) {
        select.value = `${now.state.image}`;
      },
    };
  }

  function languageChoice(): HTMLElement {
    const select = choices(
      [
        ["en", "English"],
        ["zh", "中文"],
      ],
      (value) => {
        language = value as Language;
        build();
        root.querySelector<HTMLElement>(".vx-language")?.focus();
        host.speak?.(language);
      },
      { class: "vx-language", "aria-label": WORDS[language].language },
    );
    select.value = language;
    return select;
  }

  function go(to: ExplorerState): void {
    if (sameState(to, state) && preview === null && view !== null) return;
    state = to;
    preview = null;
    armed = null;
    if (JSON.stringify(to.edits) !== JSON.stringify(edits.now)) edits = nextStep(edits, to.edits);
    ask();
  }

  root.addEventListener("keydown", (event) => {
    const typing = (event.target as HTMLElement).matches("input[type=text], input[type=number]");
    if (event.key === "Escape" && armed !== null) {
      armed = null;
      update();
    } else if (isUndo(event) && !typing) {
      event.preventDefault();
      take((event.shiftKey ? redo : undo)(edits));
    }
  });
  const leaveKeys = ownKeys(root, isUndo);
  if (host.photograph) takeDrops(root, host.photograph.bind(host));
  const style = styleElement();
  build();
  el.append(style, root);
  const unfollow = followTheme(root);
  // The host has what this returns before it is asked.
  queueMicrotask(() => removed || ask());

  return {
    show(answer) {
      view = answer;
      failure = "";
      asker.answered();
      update();
      // What was opened may be below the edge.
      if (answer.part) reveal?.scrollIntoView?.({ block: "nearest" });
      if (answer.part) reveal = undefined;
    },
    fail(sentence) {
      failure = sentence;
      asker.answered();
      update();
    },
    about(next) {
      about = next;
      build();
    },
    go,
    remove() {
      removed = true;
      leaveKeys();
      unfollow();
      style.remove();
      root.remove();
    },
  };
}

/** Ctrl+Z, or with Shift the other way. */
function isUndo(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
}

/** Files that are dropped on an element. */
function takeDrops(root: HTMLElement, take: (file: Blob, name: string) => void): void {
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.dataset.drop = "true";
  });
  root.addEventListener("dragleave", () => delete root.dataset.drop);
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    delete root.dataset.drop;
    const file = event.dataTransfer?.files[0];
    if (file) take(file, file.name);
  });
}
