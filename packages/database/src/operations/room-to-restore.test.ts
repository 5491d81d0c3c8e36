import { expect, it } from "vitest";
import { aFingerprint, aManifest } from "../testing/a-manifest.ts";
import { provingBytes, restoredBytes } from "./room-to-restore.ts";

const million = aFingerprint({ tables: [{ name: "public.n", rows: 1_000_000, hash: "1", sampled: false }] });

it.each([
  ["what the database took, where that is known", { sizeBytes: 5_000, rawBytes: 9_000 }, 7_000, 5_000],
  ["no less than the text where servers only estimate", { kind: "mysql", sizeBytes: 5, rawBytes: 900 }, 7_000, 900],
  ["more than the text of small rows", { rawBytes: 11_900_000, fingerprint: million }, 0, 75_900_000],
  ["no less than the live one, where nobody asked before", { rawBytes: 10, fingerprint: null }, 7_000, 7_000],
  ["by what is stored, where nobody knows the text", { rawBytes: null, bytes: 90, fingerprint: null }, 7, 90],
  ["as much as the file, which is its dump", { kind: "sqlite", rawBytes: 4_096, fingerprint: million }, 0, 4_096],
] as const)("a restored database takes %s", (_what, of, live, bytes) => {
  expect(restoredBytes(aManifest(of), live)).toBe(bytes);
});

it.each([
  ["what is restored with a fifth to spare, and its log", "verify", { sizeBytes: 1_000 }, 1_300],
  ["no more of a log than of data", "verify", { sizeBytes: 10 }, 24],
  ["twice what is restored, for the copy that is migrated", "rehearse", { sizeBytes: 1_000 }, 2_500],
  ["the text as well, where the server keeps it", "rehearse", { kind: "mysql", sizeBytes: 1_000, rawBytes: 70 }, 2_570],
  ["as much as the text, of what nobody can measure", "verify", { kind: "command", sizeBytes: 0, rawBytes: 500 }, 700],
] as const)("a proof takes %s", (_what, purpose, of, bytes) => {
  expect(provingBytes(aManifest(of), purpose, 100)).toBe(bytes);
});
