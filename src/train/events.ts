/** A step was taken. */
export interface StepEvent {
  type: "step";
  /** Counted from 1. */
  epoch: number;
  epochs: number;
  /** Counted from 1 in its epoch. */
  step: number;
  stepsPerEpoch: number;
  /** Steps taken in all. */
  update: number;
  totalSteps: number;
  /** Mean over the examples of the batch, before the step. */
  loss: number;
  /** Length of the gradient over all parameters, before clipping. */
  gradientNorm: number;
  learningRate: number;
  /** Examples in the batch. */
  examples: number;
  /** Wall-clock time since the step before, pauses left out. */
  seconds: number;
}

/** An epoch is over and measured. */
export interface EpochEvent {
  type: "epoch";
  /** Counted from 1. */
  epoch: number;
  epochs: number;
  /** Mean over all training examples of the epoch, each seen with the weights of its own step. */
  trainLoss: number;
  /** Mean over the validation examples after the epoch, without dropout; null where there are none. */
  validationLoss: number | null;
  /** Share of validation examples named rightly, from 0 to 1; null where there are none, or the loss is one of your own. */
  validationAccuracy: number | null;
  /** What the metrics asked for came to on the validation examples; absent where none were. */
  metrics?: Readonly<Record<string, number>>;
  /** Of the last step. */
  learningRate: number;
  /** Steps taken in all. */
  update: number;
  /** Wall-clock time of the epoch, validation included, pauses left out. */
  seconds: number;
}

/** The learning rate was changed by hand, with `run.setLearningRate`. */
export interface LearningRateEvent {
  type: "learningRate";
  /** The epoch under way, counted from 1. */
  epoch: number;
  /** Steps taken in all: the step after it is the first of the new rate. */
  update: number;
  /** What the schedule is computed with from then on, in place of the optimizer's own learning rate. */
  learningRate: number;
}

/** What a training run tells as it goes. */
export type TrainingEvent = StepEvent | EpochEvent | LearningRateEvent;
