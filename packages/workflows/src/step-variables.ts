import { type Tree, textOf } from "./tree.ts";

/** The variable by which steps that are written name a deployment of their run. */
export const deploymentVariable = "DEPLOYMENT";

/** What it is in them. */
export const deploymentOutputs = {
  made: "${{ steps.sluice.outputs.deployment }}",
  unfinished: "${{ steps.sluice.outputs.unfinished }}",
} as const;

const written: readonly string[] = Object.values(deploymentOutputs);

/** The environment of a step without what the templates write into it: that is no variable of the project. */
export function withoutWritten(env: Tree): Tree {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name !== deploymentVariable || !written.includes(textOf(value))),
  );
}
