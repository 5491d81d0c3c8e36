import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { docker } from "./engine.ts";

export interface Registry extends AsyncDisposable {
  /** Of the image, `HOST/shop@sha256:…`. */
  readonly digest: string;
}

/**
 * A registry on a local port that holds one image, as `docker save` lays it out; the engine takes what is local without
 * TLS. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export async function serveImage(image: string): Promise<Registry> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-registry-"));
  await docker("save", "-o", join(directory, "image.tar"), image);
  await promisify(execFile)("tar", ["-xf", join(directory, "image.tar"), "-C", directory]);
  const index = JSON.parse(await readFile(join(directory, "index.json"), "utf8")) as {
    readonly manifests: readonly { readonly digest: string; readonly mediaType: string }[];
  };
  const [manifest] = index.manifests;
  if (!manifest) throw new Error(`docker save wrote no manifest of ${image}`);
  const server = createServer((request, response) => {
    const [, kind, hash] = /^\/v2\/shop\/(manifests|blobs)\/sha256:([0-9a-f]{64})$/.exec(request.url ?? "") ?? [];
    if (request.url === "/v2/") return void response.end("{}");
    if (!kind || !hash) return void response.writeHead(404).end();
    void readFile(join(directory, "blobs/sha256", hash)).then(
      (content) => {
        const type = kind === "manifests" ? manifest.mediaType : "application/octet-stream";
        const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
        response.writeHead(200, {
          "content-type": type,
          "content-length": content.length,
          "docker-content-digest": digest,
        });
        response.end(request.method === "HEAD" ? undefined : content);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    digest: `127.0.0.1:${port}/shop@${manifest.digest}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
