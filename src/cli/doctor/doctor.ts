import { Command } from "commander";

/** `vitlab doctor`: says what runs here, and what to do for what is missing. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("say which engine, data and notebooks work here, and what to do for what is missing")
    .option("--json", "print one JSON object")
    .action(({ json = false }: { json?: boolean }) =>
      (require("./run-doctor") as typeof import("./run-doctor")).runDoctor(json),
    );
}
