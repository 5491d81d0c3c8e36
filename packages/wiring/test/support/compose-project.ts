import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeStack, uniqueStackName } from "@sluice/testing";
import { createDeployer, type Deployer } from "../../src/index.ts";
import { docker } from "./postgres.ts";

/** A project that plain Compose runs, and a deployer over it. */
export interface ComposeProject extends AsyncDisposable {
  readonly stack: string;
  readonly directory: string;
  readonly deployer: Deployer;
  /** Name of the first container of a service. */
  container(service: string): string;
  /** Output of a command in a service's container. @throws with its standard error */
  run(service: string, command: readonly string[], options?: RunOptions): Promise<string>;
  /** Another deployer, with another configuration. */
  open(config: object): Promise<Deployer>;
}

interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startComposeProject(
  prefix: string,
  { compose, config }: { readonly compose: object; readonly config: object },
): Promise<ComposeProject> {
  const stack = uniqueStackName(prefix);
  const directory = await mkdtemp(join(tmpdir(), `${stack}-`));
  let configs = 0;
  const open = async (value: object) => {
    const configFile = join(directory, `sluice-${(configs += 1)}.yaml`);
    await writeFile(configFile, JSON.stringify(value));
    const options = { stack, directory, stateHome: join(directory, "home"), env: process.env, actor: "ada" };
    return createDeployer({ ...options, configFile });
  };
  const file = join(directory, "compose.yaml");
  await writeFile(file, JSON.stringify(compose));
  const deployer = await open(config);
  const project: ComposeProject = {
    stack,
    directory,
    deployer,
    container: (service) => `${stack}-${service}-1`,
    run: (service, command, options) => execIn(project.container(service), command, options),
    open,
    async [Symbol.asyncDispose]() {
      await deployer[Symbol.asyncDispose]();
      await removeStack(stack);
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await docker("compose", "-p", stack, "-f", file, "up", "-d", "--wait");
    return project;
  } catch (error) {
    await project[Symbol.asyncDispose]();
    throw error;
  }
}

async function execIn(
  container: string,
  command: readonly string[],
  { input = "", environment = {} }: RunOptions = {},
): Promise<string> {
  // By name only: values are no arguments.
  const variables = Object.keys(environment).flatMap((name) => ["-e", name]);
  const env = { ...process.env, ...environment };
  const child = spawn("docker", ["exec", "-i", ...variables, container, ...command], { env });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(errors);
  return output.trim();
}
