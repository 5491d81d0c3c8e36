import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { run } from "./measure.ts";

export const repository = join(import.meta.dirname, "../..");

/** A checkout of the example shop, as a workflow's runner has one. */
export interface Checkout {
  readonly directory: string;
  readonly stack: string;
  readonly port: number;
  /** Where users reach the shop. */
  readonly url: string;
  /**
   * Commits and tags another version, which the checkout then holds. `mode` is what it does wrong; default `good`.
   * `baseMs` is what most of its requests take without that, milliseconds; default 0.
   */
  readonly release: (tag: string, mode?: string, baseMs?: number) => Promise<void>;
  /** The version that it holds. */
  readonly tag: () => Promise<string>;
  /** Goes back to a version that it had. */
  readonly goBack: (tag: string) => Promise<void>;
}

export interface CheckoutOptions {
  readonly directory: string;
  readonly stack: string;
  /** How long the shop takes from its start to its readiness. */
  readonly startUpMs: number;
  /** Files that every release holds, by name; or those that a release brings, beside those of the ones before. */
  readonly files?: ReleaseFiles;
}

export type ReleaseFiles = Readonly<Record<string, string>> | ((tag: string) => Readonly<Record<string, string>>);

/** The images that the shop is made of, by the variables that set others. */
export const shopImages = () => ({
  NODE_IMAGE: process.env.NODE_IMAGE ?? "sluice-test/shop-base",
  POSTGRES_IMAGE: process.env.POSTGRES_IMAGE ?? "sluice-test/postgres:15",
});

/** Makes a checkout without a release yet. It uses the {@link shopImages}. */
export async function createCheckout(options: CheckoutOptions): Promise<Checkout> {
  const { directory, stack, startUpMs, files = {} } = options;
  const port = await freePort();
  await mkdir(directory, { recursive: true });
  await run(["git", "init", "-q", "-b", "main", directory]);
  await run(["git", "-C", directory, "config", "user.name", "Bench"]);
  await run(["git", "-C", directory, "config", "user.email", "bench@example.invalid"]);
  await appendFile(join(directory, ".git/info/exclude"), ".env\n");
  const environment = { SHOP_PORT: `127.0.0.1:${port}`, ...shopImages() };
  const env = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(directory, ".env"), env.join(""));
  const makeRelease = join(repository, "examples/shop/bin/make-release.mjs");
  return {
    directory,
    stack,
    port,
    url: `http://127.0.0.1:${port}`,
    goBack: async (tag) => void (await run(["git", "-C", directory, "checkout", "-q", tag])),
    tag: () => run(["git", "-C", directory, "describe", "--tags", "--exact-match"]),
    release: async (tag, mode = "good", baseMs = 0) => {
      for (const [name, content] of Object.entries(typeof files === "function" ? files(tag) : files)) {
        await mkdir(dirname(join(directory, name)), { recursive: true });
        await writeFile(join(directory, name), content);
      }
      const flags = ["--startup-ms", String(startUpMs), "--mode", mode, "--base-ms", String(baseMs)];
      await run(["node", makeRelease, directory, tag, ...flags]);
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
