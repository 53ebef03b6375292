import { inLanguage } from "../../../base/language";
import { attentionGrid } from "../../../figure/attention-grid";
import type { ImageFigure } from "../../../figure/image-figure";
import { showNumber, showPercent } from "../../../figure/numbers";
import { answerFunction } from "../../../vit/problem-type";
import type { ExplorerModel } from "../explorer-model";
import { type ExplorerState, isEdited } from "../explorer-state";
import type { ExplorerAbout } from "../explorer-view";

/** How many classes the title names. */
const NAMED = 3;

/** A state of an explorer as a picture: the attention of its query in all blocks and heads, over the image, and the answer. */
export function explorerFigure(model: ExplorerModel, state: ExplorerState): ImageFigure {
  const { about } = model;
  const { pixels, answers } = model.view(state);
  const { query, edits } = state;
  return attentionGrid(model.attention(state), {
    title: `${about.title}, ${about.imageNames[state.image]}${isEdited(edits) ? inLanguage({ en: ", edited", zh: "，已修改" }) : ""}: ${inWords(about, answers)}`,
    image: { width: about.width, height: about.height, channels: 3, pixels },
    grid: [about.rows, about.columns],
    query,
    size: 96,
  });
}

/** "cat 70.4 %, deer 12.1 %, frog 4.0 %". */
function inWords(about: ExplorerAbout, answers: Float32Array): string {
  const isShare = answerFunction({ problemType: about.problemType, classes: answers.length }) !== "none";
  const written = (value: number) => (isShare ? showPercent(value) : showNumber(value));
  const order = [...answers.keys()].sort((a, b) => (answers[b] as number) - (answers[a] as number));
  return order
    .slice(0, NAMED)
    .map((one) => `${about.classNames[one]} ${written(answers[one] as number)}`)
    .join(", ");
}
