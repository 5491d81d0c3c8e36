import { defineConfig, type Options } from "tsup";

/**
 * Parts of dockerode that Sluice never uses, as it builds with Compose, has its own way over ssh, and makes every connection
 * itself: gRPC for BuildKit sessions, an ssh client in JavaScript, packing of build contexts, https. They read files beside
 * themselves, which a bundle has not, and cost 120 ms.
 */
const unusedParts =
  /[\\/](?:dockerode[\\/]lib[\\/](?:session|buildkit)|docker-modem[\\/]lib[\\/]ssh|tar-fs[\\/]index|@balena[\\/]dockerignore[\\/][\w-]+)(?:\.js)?$/;
const failing = (name: string) =>
  `module.exports = () => { throw new Error(${JSON.stringify(`${name} is not part of this bundle`)}); };`;

const leaveOut: Options["esbuildPlugins"] = [
  {
    name: "leave-out",
    setup(build) {
      build.onLoad({ filter: unusedParts }, ({ path }) => ({ contents: failing(path.split(/[\\/]/).at(-1) ?? "") }));
      build.onResolve({ filter: /^(?:https|debug)$/ }, ({ path, importer }) =>
        /[\\/]docker-modem[\\/]lib[\\/]/.test(importer) ? { path, namespace: "left-out" } : undefined,
      );
      build.onLoad({ filter: /./, namespace: "left-out" }, ({ path }) => ({
        contents: path === "debug" ? "module.exports = () => () => undefined;" : failing(path),
      }));
    },
  },
];

// One bundle that starts fast: commands are chunks of their own, loaded when they are typed. docker-compose stays
// outside, as it reads files beside itself, and squawk-cli, as it is a program.
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
  noExternal: [/^(?!docker-compose).*/],
  external: ["docker-compose"],
  esbuildPlugins: leaveOut,
  banner: {
    // CommonJS dependencies inside the bundle ask for Node's modules by `require`.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  esbuildOptions(options) {
    // From sources, file by file, so that what a command does not use stays out of it.
    options.conditions = ["sluice-source", "import", "node"];
  },
});
