import { defaultConfig } from "@sluice/core";
import { createComposeRuntime } from "../../src/create-compose-runtime.ts";
import { readRouting } from "./door.ts";
import { clock } from "./engine.ts";

export const runtime = createComposeRuntime({
  env: process.env,
  clock,
  config: async () => defaultConfig(),
  readRouting,
});
