import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { type JobCall, runJob } from "@sluice/testing/workflows";
import { launcher } from "./cli.ts";
import type { Stack } from "./harness.ts";

export interface Runner {
  /** Texts of the workflows, by their names without `-ENVIRONMENT.yml`. */
  readonly workflows: Readonly<Record<string, string>>;
  /** Runs the steps of a job as GitHub's runner does, with `sluice` on its path. */
  run(workflow: string, call: Pick<JobCall, "job" | "event"> & Partial<JobCall>): ReturnType<typeof runJob>;
}

/** A runner for the workflows that `sluice init --workflow` writes for a stack; they are taken out of its checkout again. */
export async function openRunner(stack: Stack, environment = "production"): Promise<Runner> {
  const directory = dirname(stack.checkout);
  const bin = join(directory, "bin");
  await mkdir(bin);
  const command = [process.execPath, launcher, ...stack.options].map((word) => `"${word}"`).join(" ");
  await writeFile(join(bin, "sluice"), `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(join(bin, "sluice"), 0o755);
  const asked = environment === "production" ? [] : ["--env", environment];
  const { stdout } = await stack.sluice(0, "init", "--workflow", ...asked);
  const { files } = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] };
  const workflows: Record<string, string> = {};
  for (const { path } of files.filter((file) => file.path.startsWith(".github/"))) {
    const name = path.replace(/^.*\//, "").replace(`-${environment}.yml`, "");
    workflows[name] = await readFile(join(stack.checkout, path), "utf8");
  }
  await rm(join(stack.checkout, ".github"), { recursive: true });
  return {
    workflows,
    run: (workflow, call) =>
      runJob({
        workflow: workflows[workflow] ?? "",
        checkout: stack.checkout,
        directory,
        secrets: {
          [`STACK_NAME_${environment.toUpperCase()}`]: stack.stack,
          SHOP_PORT: String(stack.port),
        },
        env: { ...stack.env, PATH: `${bin}${delimiter}${stack.env["PATH"]}` },
        ...call,
      }),
  };
}
