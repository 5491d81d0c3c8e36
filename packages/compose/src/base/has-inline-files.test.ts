import { pack } from "tar-stream";
import { expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { hasInlineFiles } from "./has-inline-files.ts";

const gone = Object.assign(new Error("no such path"), { statusCode: 404 });

/** @param files content by path, in a container */
function engineWith(files: Readonly<Record<string, string>>): Engine {
  const getArchive = async ({ path }: { readonly path: string }) => {
    const content = files[path];
    if (content === undefined) throw gone;
    const archive = pack();
    archive.entry({ name: "file" }, content);
    archive.finalize();
    return archive;
  };
  const docker = { getContainer: () => ({ getArchive }) };
  return { call: (_what: string, call: (one: unknown) => unknown) => call(docker) } as unknown as Engine;
}

const file = (target: string, content: string) => ({ service: "web", target, content, mode: 0o444, uid: 0, gid: 0 });
const files = [file("/run/secrets/token", "a"), file("/etc/app.conf", "of v1")];

it.each([
  ["has them as they are wanted", { "/run/secrets/token": "a", "/etc/app.conf": "of v1" }, true],
  ["has one with another content", { "/run/secrets/token": "a", "/etc/app.conf": "of v2" }, false],
  // Its entrypoint takes it away once it is read: a container made anew would do so, too.
  ["has removed one", { "/etc/app.conf": "of v1" }, true],
])("a container that %s: %s", async (_title, there, expected) => {
  expect(await hasInlineFiles(engineWith(there), "c1", files)).toBe(expected);
});
