import path from "node:path";
import { Command, Option } from "commander";
import { VitlabError } from "../../base/error";
import { dataFolder } from "../../data/cifar10-files";
import { describeDataset } from "../../data/dataset";
import { downloadCifar10 } from "../../data/download-cifar10";
import type { DownloadProgress } from "../../data/download-file";
import { DRAWN, type DrawnName } from "../../data/drawn-by-name";
import { type DrawnSplit, drawnDataset } from "../../data/drawn-dataset";
import { writeImageFolder } from "../../data/write-image-folder";
import { anyWhole, wholeNumber } from "../inputs/arguments";
import { downloadDisplay } from "../inputs/download-display";
import { printJson, printLine } from "../terminal/output";

const INTO = "into a folder: PNG files, one sub-folder a class, and landmarks.json";

/** `vitlab data`: gets CIFAR-10, or writes drawn images to a folder. */
export function dataCommand(): Command {
  return new Command("data")
    .description("get data sets: download CIFAR-10, or draw images")
    .addCommand(cifar10Command())
    .addCommand(
      drawnCommand("shapes", "shapes-v2", {
        description: `draw images of ten classes ${INTO}`,
        least: 16,
        size: "height and width of the images",
      }),
    )
    .addCommand(
      drawnCommand("shapes-v1", "shapes-v1", {
        description: "draw them as they were at first: large, and upright in the middle",
        least: 16,
        size: "height and width of the images",
      }),
    )
    .addCommand(
      drawnCommand("needle", "needle", {
        description: `draw images whose class is the relation of two small marks ${INTO}`,
        least: 32,
        size: "height and width of the images, a multiple of 8",
      }),
    );
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

interface DrawnArguments {
  out: string;
  count: number;
  seed: number;
  size: number;
  split: DrawnSplit;
  json?: boolean;
}

/** What a command that draws says of itself, and the least size that it takes. */
interface DrawnTexts {
  description: string;
  least: number;
  size: string;
}

/** A command that draws a data set into a folder. */
function drawnCommand(name: string, drawing: DrawnName, { description, least, size }: DrawnTexts): Command {
  return new Command(name)
    .description(description)
    .requiredOption("--out <folder>", "a new or empty folder")
    .option("--count <n>", "how many images", wholeNumber(1), 1000)
    .option("--seed <n>", "the same seed, the same images", anyWhole, 0)
    .option("--size <pixels>", size, wholeNumber(least), 32)
    .addOption(new Option("--split <name>", "which part").choices(["train", "validation", "test"]).default("train"))
    .option("--json", "print one JSON object")
    .action(async ({ out, count, seed, size, split, json }: DrawnArguments) => {
      const dataset = drawnDataset({ count, seed, size, split }, DRAWN[drawing]);
      await writeImageFolder(dataset, out);
      const folder = path.resolve(out);
      if (json) printJson({ dataset: dataset.name, split, count, seed, size, folder });
      else for (const line of [describeDataset(dataset), `written to ${folder}`]) printLine(line);
    });
}
