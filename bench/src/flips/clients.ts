import { join } from "node:path";
import { run } from "../measure.ts";

/** What tells users apart. */
export const kinds = ["cookie", "header", "ip"] as const;
export type Kind = (typeof kinds)[number];

/** What one client saw, in order: a version is said again only where another one came between. */
export interface ClientView {
  readonly name: string;
  readonly requests: number;
  readonly versions: readonly string[];
  readonly failures: readonly string[];
}

export interface ClientsOptions {
  /** Beginning of the names of their containers. */
  readonly prefix: string;
  /** That they are on, where `url` is reached. */
  readonly network: string;
  readonly url: string;
  readonly kind: Kind;
  readonly clients: number;
  /** Containers, each with a network namespace and so an address of its own. */
  readonly namespaces: number;
}

export interface Clients {
  /** Stops them all. */
  stop(): Promise<readonly ClientView[]>;
}

const image = process.env["NODE_IMAGE"] ?? "sluice-test/node:24";
const script = join(import.meta.dirname, "ask.mjs");

/** Starts clients that ask the shop, one request after the other each, until they are stopped. */
export async function startClients(options: ClientsOptions): Promise<Clients> {
  const { prefix, network, url, kind, clients, namespaces } = options;
  const names = Array.from({ length: clients }, (_, index) => `user-${index}`);
  const containers = Array.from({ length: namespaces }, (_, index) => ({
    container: `${prefix}clients-${index}`,
    mine: names.filter((_name, number) => number % namespaces === index),
  }));
  const place = ["--network", network, "-v", `${script}:/ask.mjs:ro`];
  await Promise.all(
    containers.map(({ container, mine }) =>
      run(["docker", "run", "-d", "--name", container, ...place, image, "node", "/ask.mjs", url, mine.join(","), kind]),
    ),
  );
  return {
    async stop() {
      await Promise.all(containers.map(({ container }) => run(["docker", "kill", "-s", "TERM", container])));
      const views = containers.map(async ({ container }) => {
        await run(["docker", "wait", container]);
        const text = await run(["docker", "logs", container]);
        await run(["docker", "rm", "-f", "-v", container]);
        return JSON.parse(text) as ClientView[];
      });
      return (await Promise.all(views)).flat();
    },
  };
}
