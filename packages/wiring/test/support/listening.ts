import { askedUntilReady } from "./asked-until-ready.ts";

/** The health check of a program on Node that listens at a port. Whoever starts one that has none waits for three seconds. */
export function listening(port: number) {
  const script = `require("node:net").connect(${port}, "127.0.0.1").on("connect", () => process.exit()).on("error", () => process.exit(1))`;
  return { test: ["CMD", "node", "-e", script], ...askedUntilReady };
}
