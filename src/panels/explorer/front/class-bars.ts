import { isEdited } from "../explorer-state";
import type { ExplorerAbout, ExplorerView } from "../explorer-view";
import { button, element, setText } from "./element";
import type { Now, Piece } from "./now";
import { share, short } from "./numbers";
import type { Words } from "./words";

const FEW = 8;

/** How an answer is written: as a share, or as the number that a regression gives. */
export function writeAnswer({ problemType }: Pick<ExplorerAbout, "problemType">): (value: number) => string {
  return problemType === "regression" ? short : share;
}

/** Classes, those first that matter most before or after the edits. */
export function rankedClasses({ answers, unedited }: Pick<ExplorerView, "answers" | "unedited">): number[] {
  const weight = (i: number) => Math.max(Math.abs(answers[i]!), Math.abs(unedited[i]!));
  return Array.from(answers.keys()).sort((a, b) => weight(b) - weight(a) || a - b);
}

/** What the model answers: filled after the edits, outlined before them. */
export function classBars(words: Words, about: ExplorerAbout): Piece {
  const heading = about.problemType === "regression" ? words.outputs : words.classes;
  const list = element("ol", { class: "vx-class-bars", tabindex: "0", "aria-label": heading });
  const count = about.classNames.length;
  let all = false;
  let last: Now | undefined;
  const more = button(words.allClasses(count), () => {
    all = !all;
    setText(more, all ? words.fewClasses : words.allClasses(count));
    more.setAttribute("aria-expanded", `${all}`);
    if (last) update(last);
  });
  more.hidden = count <= FEW;
  more.setAttribute("aria-expanded", "false");
  const legend = element(
    "p",
    { class: "vx-legend" },
    element("span", { class: "vx-key-fill" }),
    words.bars,
    element("span", { class: "vx-key-outline" }),
    words.barsBefore,
  );
  const root = element(
    "section",
    { class: "vx-answer", "aria-label": heading },
    element("h3", {}, heading),
    list,
    more,
    legend,
  );

  function update(now: Now): void {
    last = now;
    const { view } = now;
    if (!view) return;
    const edited = isEdited(view.state.edits);
    legend.hidden = !edited;
    const write = writeAnswer(about);
    // A regression's values have no common end: the largest fills its row.
    const full =
      about.problemType === "regression" ? Math.max(...[...view.answers, ...view.unedited].map(Math.abs), 1e-9) : 1;
    const ranked = rankedClasses(view);
    const width = (value: number) => `${(100 * Math.min(1, Math.abs(value) / full)).toFixed(2)}%`;
    const bars = (all ? ranked : ranked.slice(0, FEW)).map((i) => {
      const [after, before, name] = [view.answers[i]!, view.unedited[i]!, about.classNames[i] ?? `${i}`];
      const fill = element("span", { class: "vx-bar-fill", "data-sign": after < 0 ? "minus" : null });
      fill.style.inlineSize = width(after);
      const outline = element("span", { class: "vx-bar-outline", hidden: !edited });
      outline.style.inlineSize = width(before);
      const said = words.barOf(name, write(after), edited ? write(before) : null);
      return element(
        "li",
        { "data-class": i, title: said },
        element("span", { class: "vx-hidden" }, said),
        element("span", { class: "vx-class", "aria-hidden": "true" }, name),
        element("span", { class: "vx-bar", "aria-hidden": "true" }, fill, outline),
        element("span", { class: "vx-value", "aria-hidden": "true" }, write(after)),
      );
    });
    list.replaceChildren(...bars);
  }
  return { root, update };
}
