import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/windows/index.ts", "src/node/index.ts", "src/testing/index.ts"],
  format: ["esm"],
  dts: false,
  clean: true,
  sourcemap: true,
  target: "node22",
});
