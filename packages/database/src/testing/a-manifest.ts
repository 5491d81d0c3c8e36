import type { Fingerprint } from "../model/fingerprint.ts";
import type { Manifest } from "../model/manifest.ts";

export function aFingerprint(over: Partial<Fingerprint> = {}): Fingerprint {
  return {
    tables: [{ name: "public.orders", rows: 2, hash: "42", sampled: false }],
    sequences: [{ name: "public.orders_id_seq", last: "2", ascending: true, cycles: false }],
    largeObjects: 0,
    objects: { indexes: 1, constraints: 1, views: 0 },
    extensions: { plpgsql: "1.0" },
    notCovered: [],
    ...over,
  };
}

export function aManifest(over: Partial<Manifest> = {}): Manifest {
  return {
    v: 1,
    id: "20260501T100000Z-abcd",
    seq: 1,
    at: "2026-05-01T10:00:00.000Z",
    kind: "postgres",
    service: "db",
    release: "r1",
    database: { name: "shop", owner: "shop", encoding: "UTF8", collate: "C", ctype: "C", provider: "c", locale: null },
    server: { version: "15.8", major: 15, preload: "" },
    image: "sha256:1",
    sha256: "0".repeat(64),
    bytes: 10,
    rawBytes: 30,
    compression: "zstd",
    cipher: null,
    globals: null,
    fingerprint: aFingerprint(),
    verified: [{ level: "written", at: "2026-05-01T10:00:01.000Z", restoreMs: 0, notTested: [] }],
    ...over,
  };
}

export function verifiedAs(level: Manifest["verified"][number]["level"]): Manifest["verified"][number] {
  return { level, at: "2026-05-01T10:00:02.000Z", restoreMs: 5, notTested: [] };
}
