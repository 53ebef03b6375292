import { imageDisplay } from "../data/byte-image";
import { datasetDisplay } from "../data/dataset";
import { explanationDisplay } from "../explain/explanation";
import { judgementDisplay } from "../explain/judge/judgement";
import { historyDisplay, trainingDisplay } from "../train/describe-training";
import { evaluationDisplay } from "../train/evaluate";
import { showDataset } from "./show-dataset";
import { showEvaluation } from "./show-evaluation";
import { showExplanation, showJudgement } from "./show-explanation";
import { showImage } from "./show-image";
import { showHistory, showTraining } from "./show-training";

/** Has notebooks show the values of the library as pictures, where those that make them know of none. */
export function showValues(): void {
  imageDisplay.presentWith(showImage);
  datasetDisplay.presentWith(showDataset);
  evaluationDisplay.presentWith(showEvaluation);
  trainingDisplay.presentWith(showTraining);
  historyDisplay.presentWith(showHistory);
  explanationDisplay.presentWith(showExplanation);
  judgementDisplay.presentWith(showJudgement);
}
