import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { uniqueStackName } from "@sluice/testing";
import { docker } from "./postgres.ts";

const modules = join(import.meta.dirname, "..", "..", "node_modules");

/** An image that is being built; disposed of, it is removed. */
export interface ToolsImage extends AsyncDisposable {
  readonly name: string;
  readonly built: Promise<void>;
}

/**
 * Begins to build an image of Node with npm packages as a project has them after its own install, and their commands in
 * the `PATH`: what pnpm has installed for this package goes into it as it is, so that no registry is needed.
 */
export function startToolsImage(packages: readonly string[]): ToolsImage {
  const name = uniqueStackName("tools-image");
  const built = build(name, packages);
  // Whoever waits for it hears of it.
  built.catch(() => undefined);
  return {
    name,
    built,
    async [Symbol.asyncDispose]() {
      await built.catch(() => undefined);
      await docker("image", "rm", "-f", name);
    },
  };
}

async function build(image: string, packages: readonly string[]): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), "tools-image-"));
  try {
    const store = await storeOf(packages[0] ?? "");
    await mkdir(join(context, "node_modules", ".bin"), { recursive: true });
    for (const entry of await closure(store, packages)) {
      const options = { recursive: true, verbatimSymlinks: true };
      await cp(join(store, entry), join(context, "node_modules", ".pnpm", entry), options);
    }
    for (const name of packages) {
      const target = join(".pnpm", relative(store, await realpath(join(modules, name))));
      await symlink(target, join(context, "node_modules", name));
      for (const [command, file] of Object.entries(await commandsOf(name))) {
        await symlink(join("..", target, file), join(context, "node_modules", ".bin", command));
      }
    }
    const dockerfile = [
      "FROM sluice-test/node:24",
      "WORKDIR /app",
      "ENV PATH=/app/node_modules/.bin:/usr/local/bin:/usr/bin:/bin",
      "COPY node_modules node_modules",
    ];
    await writeFile(join(context, "Dockerfile"), dockerfile.join("\n"));
    await docker("build", "-q", "-t", image, context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** The directory of pnpm in which every package lies beside links to what it depends on. */
async function storeOf(name: string): Promise<string> {
  const path = await realpath(join(modules, name));
  return path.slice(0, path.indexOf(`${sep}.pnpm${sep}`) + `${sep}.pnpm`.length);
}

/** Entries of the store that the packages need. */
async function closure(store: string, packages: readonly string[]): Promise<ReadonlySet<string>> {
  const entries = new Set<string>();
  const add = async (link: string): Promise<void> => {
    const [entry = ""] = relative(store, await realpath(link)).split(sep);
    if (entries.has(entry)) return;
    entries.add(entry);
    const beside = join(store, entry, "node_modules");
    for (const name of await packagesIn(beside)) await add(join(beside, name));
  };
  for (const name of packages) await add(join(modules, name));
  return entries;
}

async function packagesIn(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith("."));
  const inScopes = names
    .filter((name) => name.startsWith("@"))
    .map(async (scope) => (await readdir(join(directory, scope))).map((name) => join(scope, name)));
  return [...names.filter((name) => !name.startsWith("@")), ...(await Promise.all(inScopes)).flat()];
}

async function commandsOf(name: string): Promise<Readonly<Record<string, string>>> {
  const { bin = {} } = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8")) as {
    bin?: string | Record<string, string>;
  };
  return typeof bin === "string" ? { [name]: bin } : bin;
}
