import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "bench*"],
    // Two cores: more workers only make real containers starve each other.
    maxWorkers: 2,
  },
});
