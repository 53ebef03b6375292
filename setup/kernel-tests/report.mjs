const marks = { passed: "✓", failed: "✗", skipped: "–" };

/** The checks in a report file of the acceptance tests: one line of JSON each. */
export function readChecks(text) {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** A check as a line of the table: its mark, its sentence, and a figure or what went wrong. */
export function checkLine({ check, outcome, told, message }) {
  const more = [told, outcome === "passed" ? "" : message].filter(Boolean).join("; ");
  return `  ${marks[outcome] ?? "✗"} ${check}${more ? `: ${more}` : ""}`;
}

/** `37 ok, 1 failed, 2 skipped` */
export function countChecks(checks) {
  const count = (outcome) => checks.filter((check) => check.outcome === outcome).length;
  const skipped = count("skipped");
  return `${count("passed")} ok, ${count("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The checks as a table in Markdown: whose they are, what they check, and whether that works. */
export function checkTable(checks, kernel) {
  const rows = checks.map(({ group, check, outcome, message }, index) => [
    group === checks[index - 1]?.group ? "" : group,
    check,
    outcome === "passed" ? "✓" : `${marks[outcome] ?? "✗"} ${message}`,
  ]);
  const lines = [["client", "what", kernel], ["---", "---", "---"], ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}
