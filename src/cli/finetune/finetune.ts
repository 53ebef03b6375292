import { Command, Option } from "commander";
import {
  AUGMENT_HELP,
  anyWhole,
  augmentChoice,
  MODEL_HELP,
  nameList,
  positiveNumber,
  precisionOption,
  wholeNumber,
} from "../inputs/arguments";
import { DATA_HELP, dataSource } from "../inputs/data-source";

const NOTES = `
CIFAR-10 and the drawn images are resized to what the model takes. Photographs of your own go into a folder with one sub-folder a
class; 15 % of them are held out to test on, and 15 % of the rest to validate on. A folder with train/, val/ and test/, and
the class folders in these, is taken as it is divided. Pictures that can't be read are left out, and named. They are made ready as the model's
preprocessor_config.json says. Where they have other classes than the model, it gets a new head, which is said aloud.
--recipe article is Adam at 1e-4, batches of 16, 3 epochs; better (the default) is AdamW with warm-up and cosine, layer decay
0.75, label smoothing 0.1 and light augmentation, batches of 32, 10 epochs. A large model takes long over all images of
CIFAR-10: --train-count, --validation and --test-count keep to some, each class equally often. --probe trains the head alone
on features that are computed once: seconds instead of minutes.

The result is saved in --out as by \`vitlab train\`, and \`vitlab export\` writes it for transformers. Ctrl-C ends after the
current step, and --resume goes on: \`vitlab finetune --out FOLDER --resume\` takes model, images and settings from the folder.

Examples:
  vitlab finetune runs/vit-cifar8 --data cifar10 --classes cat,dog --train-count 1000
  vitlab finetune google/vit-base-patch16-224 --data cifar10 --recipe article --out runs/article \\
    --train-count 1000 --validation 200 --test-count 500
  vitlab finetune google/vit-base-patch16-224 --data photos --epochs 3 --batch-size 8 --out runs/photos
  vitlab finetune runs/small --data folder:photos --epochs 20 --out runs/photos
  vitlab finetune runs/small --data folder:photos --probe`;

/** `vitlab finetune`: trains a saved model on other images. */
export function finetuneCommand(): Command {
  return new Command("finetune")
    .description("train a saved model on images of your own, or on other classes")
    .argument("[model]", MODEL_HELP)
    .option("--data <source>", DATA_HELP, dataSource)
    .option("--classes <names>", "only these classes of the images, such as cat,dog", nameList)
    .addOption(new Option("--recipe <name>").choices(["article", "better"]).default("better"))
    .addOption(
      new Option("--probe", "train the head alone, on features that are computed once").conflicts(["freeze", "resume"]),
    )
    .option("--out <folder>", "where the result is saved (default: the model's name and -finetuned)")
    .option("--epochs <n>", "how often to go through the training images", wholeNumber(1))
    .option("--batch-size <n>", "images in a step", wholeNumber(1))
    .option("--learning-rate <rate>", "learning rate of the head", positiveNumber)
    .option("--layer-decay <share>", "learning rate of a block beside that of the next one", positiveNumber)
    .option("--freeze <patterns>", 'parameters that stay as they are, such as "embeddings.*,blocks.0.*"', nameList)
    .option("--augment <list>", AUGMENT_HELP, augmentChoice)
    .option("--seed <n>", "of the new head, order, augmentation and dropout", anyWhole, 0)
    .option("--train-count <n>", "train on so many images only", wholeNumber(1))
    .option("--test-count <n>", "measure the result on so many test images only", wholeNumber(1))
    .option("--validation <n>", "images to hold out for validation", wholeNumber(1))
    .addOption(precisionOption().conflicts("probe"))
    .addOption(new Option("--engine <name>", "default: the fastest that works").choices(["native", "wasm", "cpu"]))
    .addOption(new Option("--resume", "go on with the run in --out").conflicts("overwrite"))
    .option("--overwrite", "replace the run in --out")
    .option("--json", "one JSON object a line on stdout, everything else on stderr")
    .addHelpText("after", NOTES)
    .action((folder: string | undefined, options, command: Command) =>
      (require("./run-finetune") as typeof import("./run-finetune")).runFinetune(folder, options, command),
    );
}
