import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["sluice-source"] } },
  logLevel: "error",
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // GitHub's parser imports JSON without saying so, which Node refuses and Vite does not.
    server: { deps: { inline: [/@actions\//] } },
  },
});
