import { defineConfig } from "tsup";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/faults/index.ts",
    "src/random.ts",
    "src/second-engine/index.ts",
    "src/workflows/index.ts",
    "src/github/index.ts",
  ],
  format: ["esm"],
  dts: false,
  clean: true,
  sourcemap: true,
  target: "node22",
});
