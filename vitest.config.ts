import { defineConfig } from "vitest/config";

// In a hook or `git rebase --exec` these name the repository of this checkout: tests that make one of their own with git
// would commit to this one and change its configuration.
for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"]) delete process.env[name];

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "bench*", "scripts"],
    // Two cores: more workers only make real containers starve each other.
    maxWorkers: 2,
  },
});
