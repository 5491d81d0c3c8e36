import type { Manifest } from "@sluice/wiring";

/** A backup as wiring gives it. */
export function aBackup(over: Partial<Manifest> = {}): Manifest {
  return {
    v: 1,
    id: "20260501T090000Z-abcd",
    seq: 1,
    at: "2026-05-01T09:00:00.000Z",
    kind: "postgres",
    service: "db",
    release: "r1",
    database: { name: "shop", owner: "shop", encoding: "UTF8", collate: "C", ctype: "C", provider: "c", locale: null },
    server: { version: "15.8", major: 15, preload: "" },
    image: "sha256:1",
    sha256: "ab".repeat(32),
    bytes: 173_200_000,
    rawBytes: null,
    compression: "zstd",
    cipher: null,
    globals: null,
    fingerprint: {
      tables: [{ name: "public.orders", rows: 2, hash: "42", sampled: false }],
      sequences: [],
      largeObjects: 0,
      objects: {},
      extensions: {},
      notCovered: [],
    },
    verified: [{ level: "written", at: "2026-05-01T09:00:10.000Z", restoreMs: 0, notTested: ["whether it restores"] }],
    ...over,
  };
}
