// Sums the JSON reports of vitest in a directory and prints `N passed, N failed, N skipped` as its last line. Names of
// failed stages follow as arguments; a stage that failed without a failing test counts as one failure. Exits 1 then.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";

const [directory, ...failedStages] = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0 };
const stagesWithFailures = new Set();

const files = readdirSync(directory).filter((name) => name.endsWith(".json"));
for (const file of files) {
  const report = JSON.parse(readFileSync(join(directory, file), "utf8"));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  if (report.numFailedTests > 0) stagesWithFailures.add(basename(file, ".json"));
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      const where = `${relative(process.cwd(), suite.name)}: ${test.fullName}`;
      if (test.status === "failed") console.log(`failed: ${where}`);
      if (test.status === "pending" || test.status === "skipped") {
        console.log(`skipped: ${where}${test.meta?.reason ? ` (${test.meta.reason})` : ""}`);
      }
    }
  }
}
totals.failed += failedStages.filter((stage) => !stagesWithFailures.has(stage)).length;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
// Stages without tests may pass alone; tests of which none ran have not passed.
process.exitCode = totals.failed > 0 || (files.length > 0 && totals.passed === 0) ? 1 : 0;
