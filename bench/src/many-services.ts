import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./checkout.ts";
import { run } from "./measure.ts";
import { sluiceConfig } from "./peers/sluice.ts";

/** A project of one web service and workers, from images only, whose releases differ in an environment variable. */
export interface ManyServices {
  readonly directory: string;
  readonly url: string;
  readonly release: (tag: string) => Promise<void>;
}

const server = `require("node:http").createServer((request, response) => {
  response.setHeader("x-version", process.env.RELEASE);
  response.end(request.url);
}).listen(8080);
process.on("SIGTERM", () => process.exit(0));`;

/** Makes a repository with a project of `services` services, without a release yet. */
export async function createManyServices(directory: string, services: number): Promise<ManyServices> {
  const port = await freePort();
  await mkdir(directory, { recursive: true });
  await run(["git", "init", "-q", "-b", "main", directory]);
  const git = (...args: string[]) =>
    run(["git", "-C", directory, "-c", "user.name=Bench", "-c", "user.email=bench@example.invalid", ...args]);
  return {
    directory,
    url: `http://127.0.0.1:${port}`,
    release: async (tag) => {
      await writeFile(join(directory, "compose.yaml"), JSON.stringify(composeFile(services, port, tag), null, 2));
      await writeFile(join(directory, "sluice.yaml"), sluiceConfig(1_000));
      await git("add", "-A");
      await git("commit", "-q", "-m", `Release ${tag}`);
      await git("tag", tag);
    },
  };
}

function composeFile(services: number, port: number, tag: string) {
  const environment = { RELEASE: tag };
  const worker = {
    image: process.env.BUSYBOX_IMAGE ?? "sluice-test/busybox",
    command: ["sh", "-c", "trap 'exit 0' TERM; sleep 86400 & wait"],
    environment,
  };
  const web = {
    image: process.env.NODE_IMAGE ?? "sluice-test/node:24",
    command: ["node", "-e", server],
    environment,
    ports: [`127.0.0.1:${port}:8080`],
  };
  const workers = Array.from({ length: services - 1 }, (_, index) => [`worker${index + 1}`, worker]);
  return { services: { web, ...Object.fromEntries(workers) } };
}
