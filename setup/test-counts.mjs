/**
 * Tests passed and failed in vitest's JSON report. A test file that could not be run counts as one failure, as does a run
 * that ended badly (`ok` false) without naming one.
 */
export function countTests(report, ok) {
  const broken = (report?.testResults ?? []).filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  const failed = (report?.numFailedTests ?? 0) + broken.length;
  return { passed: report?.numPassedTests ?? 0, failed: failed === 0 && !ok ? 1 : failed };
}
