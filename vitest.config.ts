import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// In a hook or `git rebase --exec` these name the repository of this checkout: tests that make one of their own with git
// would commit to this one and change its configuration.
for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"]) delete process.env[name];

/** Minutes each, in few lines: larger files come first, and these, begun last, would keep one of two cores waiting. */
const longest = ["e2e/killed.test.ts", "e2e/crash.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: ["packages/*", "apps/*", "bench*", "scripts"],
    // Two cores: more workers only make real containers starve each other.
    maxWorkers: 2,
  },
});
