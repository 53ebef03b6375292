import path from "node:path";
import { Command, Option } from "commander";
import { VitlabError } from "../../base/error";
import { dataFolder } from "../../data/cifar10-files";
import { describeDataset } from "../../data/dataset";
import { downloadCifar10 } from "../../data/download-cifar10";
import type { DownloadProgress } from "../../data/download-file";
import { type ShapesSplit, shapes } from "../../data/shapes";
import { writeImageFolder } from "../../data/write-image-folder";
import { anyWhole, wholeNumber } from "../inputs/arguments";
import { downloadDisplay } from "../inputs/download-display";
import { printJson, printLine } from "../terminal/output";

/** `vitlab data`: gets CIFAR-10, or writes drawn images to a folder. */
export function dataCommand(): Command {
  return new Command("data")
    .description("get data sets: download CIFAR-10, or draw the shapes")
    .addCommand(cifar10Command())
    .addCommand(shapesCommand());
}

interface Cifar10Arguments {
  dir?: string;
  overwrite?: boolean;
  json?: boolean;
}

function cifar10Command(): Command {
  return new Command("cifar10")
    .description(
      "download CIFAR-10 (170 MB, 184 MB unpacked), verify and unpack it; a broken download goes on where it stopped",
    )
    .option(
      "--dir <folder>",
      "where cifar-10-batches-bin is put (default: $VITLAB_DATA, else data of the clone or here)",
    )
    .option("--overwrite", "download anew and replace what is there")
    .option("--json", "print one JSON object")
    .action(async ({ dir = dataFolder(), overwrite, json }: Cifar10Arguments) => {
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once("SIGINT", interrupt);
      const display = downloadDisplay();
      let downloaded = false;
      try {
        const onProgress = (progress: DownloadProgress) => {
          downloaded = true;
          if (!json) display.show("CIFAR-10", progress);
        };
        const folder = await downloadCifar10({ dir, overwrite, signal: stop.signal, onProgress });
        display.end();
        if (json) printJson({ dataset: "cifar10", folder, downloaded });
        else if (downloaded) printLine(`CIFAR-10 is in ${folder}`);
        else printLine(`CIFAR-10 is already in ${folder}, whole and verified`);
      } catch (error) {
        display.end();
        if (!stop.signal.aborted) throw error;
        throw new VitlabError("the download was stopped: run it again, it goes on from here");
      } finally {
        process.removeListener("SIGINT", interrupt);
      }
    });
}

interface ShapesArguments {
  out: string;
  count: number;
  seed: number;
  size: number;
  split: ShapesSplit;
  json?: boolean;
}

function shapesCommand(): Command {
  return new Command("shapes")
    .description("draw images of ten classes into a folder: PNG files, one sub-folder a class, and landmarks.json")
    .requiredOption("--out <folder>", "a new or empty folder")
    .option("--count <n>", "how many images", wholeNumber(1), 1000)
    .option("--seed <n>", "the same seed, the same images", anyWhole, 0)
    .option("--size <pixels>", "height and width of the images", wholeNumber(16), 32)
    .addOption(new Option("--split <name>", "which part").choices(["train", "validation", "test"]).default("train"))
    .option("--json", "print one JSON object")
    .action(async ({ out, count, seed, size, split, json }: ShapesArguments) => {
      const dataset = shapes({ count, seed, size, split });
      await writeImageFolder(dataset, out);
      const folder = path.resolve(out);
      if (json) printJson({ dataset: "shapes", split, count, seed, size, folder });
      else for (const line of [describeDataset(dataset), `written to ${folder}`]) printLine(line);
    });
}
