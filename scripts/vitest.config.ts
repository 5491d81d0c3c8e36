import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["sluice-source"] } },
  test: { testTimeout: 60_000, hookTimeout: 60_000 },
});
