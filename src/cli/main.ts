#!/usr/bin/env node
import { Command } from "commander";
import { plainLines } from "../tensor/plain-text";
import { attentionCommand } from "./attention";
import { doctorCommand } from "./doctor";
import { evaluateCommand } from "./evaluate";
import { exportCommand } from "./export";
import { finetuneCommand } from "./finetune";
import { kernelCommand } from "./kernel";
import { kernelspecCommand } from "./kernelspec";
import { modelsCommand } from "./models";
import { guardOutput } from "./output";
import { packageVersion } from "./package-version";
import { predictCommand } from "./predict";
import { reportError } from "./report-error";
import { traceCommand } from "./trace";
import { trainCommand } from "./train";

guardOutput();

const program = new Command("vitlab")
  .description("Vision Transformers to learn from, take apart and train.")
  .version(packageVersion())
  .addCommand(doctorCommand())
  .addCommand(dataCommand())
  .addCommand(trainCommand())
  .addCommand(finetuneCommand())
  .addCommand(evaluateCommand())
  .addCommand(predictCommand())
  .addCommand(attentionCommand())
  .addCommand(traceCommand())
  .addCommand(exportCommand())
  .addCommand(modelsCommand())
  .addCommand(kernelspecCommand())
  .addCommand(kernelCommand());

// What is wrong with an argument quotes it.
for (const command of withSubcommands(program))
  command.configureOutput({ outputError: (text, write) => write(plainLines(text)) });

program.parseAsync().catch(reportError);

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** `vitlab data` loads TensorFlow.js with its first line; who asks for something else shouldn't wait for that. */
function dataCommand(): Command {
  if (process.argv.includes("data")) return (require("./data") as typeof import("./data")).dataCommand();
  return new Command("data").description("get data sets: download CIFAR-10, or draw the shapes");
}
