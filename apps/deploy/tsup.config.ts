import { defineConfig } from "tsup";

// One bundle that starts fast: commands are chunks of their own, loaded when they are typed. dockerode and
// docker-compose stay outside, as they read files beside themselves.
export default defineConfig({
  entry: ["src/main.ts"],
  format: ["esm"],
  dts: false,
  clean: true,
  sourcemap: true,
  splitting: true,
  // `sqlite` exists as `node:sqlite` only.
  removeNodeProtocol: false,
  target: "node22",
  noExternal: [/^(?!dockerode|docker-compose).*/],
  external: ["dockerode", "docker-compose"],
  banner: {
    // CommonJS dependencies inside the bundle ask for Node's modules by `require`.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  esbuildOptions(options) {
    // From sources, file by file, so that what a command does not use stays out of it.
    options.conditions = ["sluice-source", "import", "node"];
  },
});
