import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel, ComposeService, OutputLine } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import type Docker from "dockerode";
import { extract, type Header } from "tar-stream";
import { expect, it, onTestFinished } from "vitest";
import { createEngine, type Engine } from "../engine/engine.ts";
import { placesOf, splitUploads, upload } from "./uploads.ts";

const mounted = (source: string, target: string) => ({ type: "bind", source: `/r/${source}`, target, read_only: true });

function split(web: ComposeService) {
  const model: ComposeModel = { name: "shop", services: { web }, configs: { limits: { file: "/r/limits" } } };
  const { model: rest, uploads } = splitUploads(model, "/r", (source) => source.endsWith(".d"));
  const { volumes = [], labels = {} } = rest.services["web"] ?? {};
  return { volumes, places: placesOf(labels), within: uploads.map(({ within }) => within) };
}

it("what is read-only has volumes where its files go, one for each directory", () => {
  const uploads = { type: "volume", source: "uploads", target: "/uploads" };
  const volumes = [
    mounted("a", "/etc/nginx/a.conf"),
    mounted("b", "/etc/nginx/b.conf"),
    mounted("c.d", "/c"),
    uploads,
    mounted("in", "/uploads/in"),
  ];
  expect(split({ read_only: true, volumes })).toEqual({
    volumes: [uploads, { type: "volume", target: "/etc/nginx" }, { type: "volume", target: "/c" }],
    places: ["/etc/nginx", "/c"],
    within: ["/etc/nginx", "/etc/nginx", "/c", "/uploads"],
  });
  expect(split({ volumes })).toEqual({ volumes: [uploads], places: [], within: [1, 2, 3, 4].map(() => undefined) });
});

it("a file right in its root is refused", () => {
  const web = { read_only: true, configs: [{ source: "limits" }] };
  expect(() => split(web)).toThrow("/limits cannot be put into the containers of web: they are read_only");
  expect(split({ read_only: true, configs: [{ source: "limits", target: "/etc/shop/limits" }] }).places).toEqual([
    "/etc/shop",
  ]);
});

it("so is one in a tmpfs: what is sent there lies under it", () => {
  const volumes = [mounted("a", "/etc/shop/a.conf")];
  const refused =
    "/etc/shop/a.conf cannot be put into the containers of web: they are read_only, and /etc/shop is a tmpfs";
  expect(() => split({ read_only: true, volumes, tmpfs: ["/tmp", "/etc/shop/:size=1m"] })).toThrow(refused);
  const own = { type: "tmpfs", target: "/etc/shop" };
  expect(() => split({ read_only: true, volumes: [...volumes, own] })).toThrow(refused);
  expect(split({ read_only: true, volumes, tmpfs: ["/etc"] }).places).toEqual(["/etc/shop"]);
});

/** An engine whose containers take files, but none of owners that it does not have. */
function engineTaking(mostId: number) {
  const engine = createEngine({ env: {}, clock: createFakeClock() });
  const taken: string[][] = [];
  const putArchive = async (archive: NodeJS.ReadableStream) => {
    const entries = archive.pipe(extract());
    const owners: string[] = [];
    for await (const entry of entries) {
      // This reader tells records beside the header; an engine lets them count more.
      const { name, pax, ...header } = entry.header as Header & { readonly pax?: { uid: string; gid: string } | null };
      const [uid, gid] = pax ? [Number(pax.uid), Number(pax.gid)] : [header.uid, header.gid];
      owners.push(`${name} ${uid}:${gid}`);
      entry.resume();
      if (Math.max(uid, gid) > mostId) throw new Error(`Container ID ${uid} cannot be mapped to a host ID`);
    }
    taken.push(owners);
  };
  const docker = { getContainer: () => ({ putArchive }) } as unknown as Docker;
  return { engine: { ...engine, docker: async () => docker } as Engine, taken };
}

it("files keep owners that the header of an archive has no room for", async () => {
  const { engine, taken } = engineTaking(Number.MAX_SAFE_INTEGER);
  const file = { service: "web", target: "/limits", content: "", mode: 0o444, uid: 3_000_000, gid: 4_000_000 };
  await upload(engine, "c1", [file]);
  expect(taken).toEqual([["limits 3000000:4000000"]]);
});

it("files are root's where an engine has not their owners, which is told, unless somebody wrote who that is", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const source = join(directory, "key");
  await writeFile(source, "key");
  if (process.getuid?.() === 0) await chown(source, 100_000, 100_000);
  const { engine, taken } = engineTaking(0);
  const told: string[] = [];
  const onOutput = ({ text }: OutputLine) => void told.push(text);
  await upload(engine, "c1", [{ service: "web", source, target: "/key" }], { onOutput });
  expect(taken).toEqual([["key 0:0"]]);
  expect(told).toEqual([
    expect.stringMatching(/^files of the release are root's in its containers: .* cannot be mapped/),
  ]);
  const written = { service: "web", target: "/limits", content: "", mode: 0o444, uid: 1_000, gid: 0 };
  await expect(upload(engine, "c1", [written], { onOutput })).rejects.toThrow("cannot be mapped");
});
