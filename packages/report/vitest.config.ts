import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["sluice-source"] } },
  test: { testTimeout: 120_000, hookTimeout: 120_000 },
});
