import { isEdited } from "../explorer-state";
import type { ExplorerAbout, ExplorerView } from "../explorer-view";
import { writeAnswer } from "./class-bars";
import { element, setText } from "./element";
import type { Piece } from "./now";
import type { Words } from "./words";

/** The answer, and what the edits change in it: "cat 70 % → dog 41 %". */
export function answerLine(words: Words, about: ExplorerAbout): Piece {
  const answer = element("strong");
  const change = element("span", { class: "vx-change" });
  const says = element("p", { class: "vx-says", role: "status", "aria-live": "polite" }, answer, change);
  const waits = element("span", { class: "vx-waits", "aria-hidden": "true" }, words.working);
  const failure = element("p", { class: "vx-failure", role: "alert" });
  const root = element(
    "section",
    { class: "vx-answer-line", "aria-label": words.answer },
    element("span", { class: "vx-label" }, words.answer),
    says,
    waits,
    failure,
  );
  return {
    root,
    update({ view, waiting, failure: why }) {
      setText(answer, view ? answerText(about, view) : words.noAnswer);
      setText(change, view ? changeText(words, about, view) : "");
      waits.dataset.on = `${waiting}`;
      setText(failure, why);
      failure.hidden = why === "";
    },
  };
}

function answerText(about: ExplorerAbout, { answers, unedited, state }: ExplorerView): string {
  const [before, after] = [topText(about, unedited), topText(about, answers)];
  return isEdited(state.edits) && before !== after ? `${before} → ${after}` : after;
}

/** The classes that gain or lose most. */
function changeText(words: Words, about: ExplorerAbout, { answers, unedited, state }: ExplorerView): string {
  if (!isEdited(state.edits)) return words.noEdits;
  const write = writeAnswer(about);
  const by = (i: number) => answers[i]! - unedited[i]!;
  const most = [...answers.keys()].sort((a, b) => Math.abs(by(b)) - Math.abs(by(a))).slice(0, 3);
  const moved = most.filter((i) => Math.abs(by(i)) >= 0.0005);
  const text = moved.map((i) => `${nameOf(about, i)} ${write(unedited[i]!)} → ${write(answers[i]!)}`);
  // A number and its % stay on one line.
  return `${words.change}: ${text.join(", ").replaceAll(" %", "\u00a0%") || words.nothing}`;
}

function topText(about: ExplorerAbout, answers: Float32Array): string {
  const write = writeAnswer(about);
  if (about.problemType === "multi_label_classification") {
    const named = [...answers.keys()].filter((i) => answers[i]! >= 0.5).sort((a, b) => answers[b]! - answers[a]!);
    if (named.length > 0)
      return named
        .slice(0, 3)
        .map((i) => `${nameOf(about, i)} ${write(answers[i]!)}`)
        .join(", ");
  }
  const top = answers.reduce((best, value, i) => (value > answers[best]! ? i : best), 0);
  return `${nameOf(about, top)} ${write(answers[top]!)}`;
}

function nameOf({ classNames }: ExplorerAbout, i: number): string {
  return classNames[i] ?? `${i}`;
}
