import type { Manifest } from "@sluice/database";

/** Of a backup that a store begins, of a database of that name. */
export function aManifest(
  name: string,
  { id, seq }: Pick<Manifest, "id" | "seq">,
  over: Partial<Manifest> = {},
): Manifest {
  const at = "2026-05-01T10:00:00.000Z";
  return {
    v: 1,
    id,
    seq,
    at,
    kind: "postgres",
    service: "db",
    release: null,
    database: { name, owner: "", encoding: "", collate: null, ctype: null, provider: "c", locale: null },
    server: { version: "15.8", major: 15, preload: "" },
    image: "sha256:1",
    sha256: "0".repeat(64),
    bytes: 0,
    rawBytes: 0,
    compression: "zstd",
    cipher: null,
    globals: null,
    fingerprint: null,
    verified: [{ level: "written", at, restoreMs: 0, notTested: [] }],
    ...over,
  };
}
