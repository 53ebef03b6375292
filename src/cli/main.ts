#!/usr/bin/env node
import "../base/node/keep-compiled";
import { Command } from "commander";
import { packageVersion } from "../base/node/package-version";
import { plainLines } from "../base/plain-text";
import { attentionCommand } from "./attention/attention";
import { doctorCommand } from "./doctor/doctor";
import { evaluateCommand } from "./evaluate/evaluate";
import { explainCommand } from "./explain/explain";
import { exploreCommand } from "./explore/explore";
import { exportCommand } from "./export/export";
import { finetuneCommand } from "./finetune/finetune";
import { judgeCommand } from "./judge/judge";
import { kernelCommand } from "./kernel/kernel";
import { kernelspecCommand } from "./kernelspec/kernelspec";
import { modelsCommand } from "./models/models";
import { predictCommand } from "./predict/predict";
import { setupCommand } from "./setup/setup";
import { sweepCommand } from "./sweep/sweep";
import { withMeantOption } from "./terminal/meant-option";
import { guardOutput } from "./terminal/output";
import { reportError } from "./terminal/report-error";
import { traceCommand } from "./trace/trace";
import { trainCommand } from "./train/train";

guardOutput();

const program = new Command("vitlab")
  .description("Vision Transformers to learn from, take apart and train.")
  .version(packageVersion())
  // What stands behind a command is that one's.
  .enablePositionalOptions()
  .addCommand(doctorCommand())
  .addCommand(dataCommand())
  .addCommand(trainCommand())
  .addCommand(sweepCommand())
  .addCommand(finetuneCommand())
  .addCommand(evaluateCommand())
  .addCommand(predictCommand())
  .addCommand(attentionCommand())
  .addCommand(explainCommand())
  .addCommand(exploreCommand())
  .addCommand(judgeCommand())
  .addCommand(traceCommand())
  .addCommand(exportCommand())
  .addCommand(modelsCommand())
  .addCommand(setupCommand())
  .addCommand(kernelspecCommand())
  .addCommand(kernelCommand());

// What is wrong with an argument quotes it, and names the option that was meant.
for (const command of withSubcommands(program))
  command.configureOutput({ outputError: (text, write) => write(plainLines(withMeantOption(text, command))) });

program.parseAsync().catch(reportError);

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** `vitlab data` loads TensorFlow.js with its first line; who asks for something else shouldn't wait for that. */
function dataCommand(): Command {
  if (process.argv.includes("data")) return (require("./data/data") as typeof import("./data/data")).dataCommand();
  return new Command("data").description("get data sets: download CIFAR-10, or draw images");
}
