import { Command, Option } from "commander";
import {
  AUGMENT_HELP,
  anyWhole,
  augmentChoice,
  notNegative,
  positiveNumber,
  precisionOption,
  share,
  wholeNumber,
} from "../inputs/arguments";
import { DATA_HELP, dataSource } from "../inputs/data-source";
import { PRESETS, presetName } from "./model-choice";
import { NAMED_SETTINGS, TRAINING_DEFAULTS } from "./settings";

const NOTES = `
The run is saved in --out: config.json and model.safetensors, for use, and training.safetensors, from which
--resume goes on with the same numbers as an unbroken run, wherever it was broken off. It takes all settings from there: the
folder is all that has to be said, and what is said besides must be as it was. Ctrl-C ends a run after the current step.
One run at a time writes a folder: run.lock names its process, and that of a dead one is taken over.

shapes and needle are drawn: nothing is downloaded. shapes-v1 are the shapes as they were at first, large and upright in the
middle; a checkpoint that says "shapes" was trained on those. Which images are held out for validation and test depends on the
data alone, not on --seed. The test images are looked at once, after the last epoch.

With --json, stdout has one object a line for each epoch:
  {"epoch":1,"trainLoss":…,"validationLoss":…,"validationAccuracy":…,"seconds":…,…}
and a last one with "testAccuracy", "testLoss", "majorityAccuracy" (what guessing the commonest class of the test images
gets) and "untestedClasses" (those without a test image). Accuracies are shares from 0 to 1, losses mean cross-entropy in nats.
A resumed run gives the lines of the epochs before as well.

Examples:
  vitlab train --preset article --data cifar10 --epochs 5 --out runs/article
  vitlab train --preset tiny --data shapes --optimizer adamw --schedule cosine --warmup-steps 100 --augment flip,shift
  vitlab train --preset small --data folder:photos --epochs 30 --out runs/photos
  vitlab train --out runs/photos --resume`;

/** `vitlab train`: trains a model and saves it. */
export function trainCommand(): Command {
  return new Command("train")
    .description("train a model on CIFAR-10, drawn images (shapes, needle), or a folder of images")
    .addOption(
      new Option("--preset <name>", "the model (default: article)").choices(Object.keys(PRESETS)).argParser(presetName),
    )
    .addOption(new Option("--config <file>", "the model, as JSON with the fields of ViTConfig").conflicts("preset"))
    .option("--data <source>", `${DATA_HELP} (default: with --resume that of the run)`, dataSource)
    .option("--out <folder>", "where the run is saved (default: runs/ and the model's name)")
    .option("--epochs <n>", "how often to go through the training images", wholeNumber(1), 5)
    .option("--batch-size <n>", "images computed at a time", wholeNumber(1), TRAINING_DEFAULTS.batchSize)
    .option(
      "--accumulate <n>",
      "so many batches make one step, in the memory of one",
      wholeNumber(1),
      TRAINING_DEFAULTS.accumulate,
    )
    .option("--recompute", "compute blocks anew for their gradient: less memory, a third more time")
    .option("--learning-rate <rate>", "learning rate (default: 0.001, sgd 0.01)", positiveNumber)
    .addOption(new Option("--optimizer <name>").choices(NAMED_SETTINGS.optimizer).default(TRAINING_DEFAULTS.optimizer))
    .option("--weight-decay <share>", "default: 0, adamw 0.01", notNegative)
    .addOption(
      new Option("--decay <what>", "what weight decay applies to")
        .choices(NAMED_SETTINGS.decay)
        .default(TRAINING_DEFAULTS.decay),
    )
    .option("--momentum <share>", "of sgd (default: 0)", share)
    .addOption(
      new Option("--schedule <name>", "of the learning rate")
        .choices(NAMED_SETTINGS.schedule)
        .default(TRAINING_DEFAULTS.schedule),
    )
    .option("--warmup-steps <n>", "steps of rising learning rate before the cosine (default: 0)", wholeNumber(0))
    .option(
      "--label-smoothing <share>",
      "share of each target spread over all classes",
      share,
      TRAINING_DEFAULTS.labelSmoothing,
    )
    .option("--clip-norm <norm>", "longest gradient let through (default: any)", positiveNumber)
    .option("--augment <list>", AUGMENT_HELP, augmentChoice)
    .option("--mixup <alpha>", "fade images into each other in pairs, such as 0.2", notNegative)
    .option("--cutmix <alpha>", "paste a part of one image into another, such as 1", notNegative)
    .option("--ema <decay>", "measure and save an average of the weights, such as 0.999", share)
    .option("--dropout <rate>", "instead of the model's own", share)
    .option("--drop-path <rate>", "stochastic depth of the last block, instead of the model's own", share)
    .option("--seed <n>", "of weights, order, augmentation and dropout", anyWhole, 0)
    .option("--train-count <n>", "train on so many images only", wholeNumber(1))
    .option("--validation <n>", "images to hold out for validation", wholeNumber(1))
    .addOption(precisionOption())
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .option("--save-every <seconds>", "longest time between two saves", positiveNumber, 30)
    .option("--snapshots <epochs>", "keep the model of every so many epochs in --out, for movie()", wholeNumber(1))
    .addOption(new Option("--resume", "go on with the run in --out").conflicts("overwrite"))
    .option("--overwrite", "replace the run in --out")
    .option("--json", "one JSON object a line on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((options, command: Command) =>
      (require("./run-train") as typeof import("./run-train")).runTrain(options, command),
    );
}
