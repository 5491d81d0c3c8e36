import { assert, date, property, stringMatching } from "fast-check";
import { describe, expect, it } from "vitest";
import { aFingerprint, aManifest, verifiedAs } from "../testing/a-manifest.ts";
import { assertBackupId, createBackupId } from "./backup-id.ts";
import { differences } from "./fingerprint.ts";
import { formatManifest, parseManifest } from "./manifest.ts";
import { highestLevel, isProven } from "./verification.ts";

describe("the id of a backup", () => {
  it("is the moment in UTC and something random", () => {
    expect(createBackupId(new Date("2026-03-29T01:30:05.678+02:00"), "ab12")).toBe("20260328T233005Z-ab12");
  });

  it("is safe as a name of files and databases", () => {
    const moments = date({ min: new Date("2000-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
    assert(
      property(moments, stringMatching(/^[a-z0-9]{8}$/), (at, random) => {
        const id = createBackupId(at, random);
        expect(assertBackupId(id)).toBe(id);
        expect(id).toMatch(/^[0-9TZa-z-]+$/);
      }),
    );
    for (const bad of ["../etc/passwd", "", "20260328T233005Z-", "20260328T233005Z-ab12/x", "x;drop"]) {
      expect(() => assertBackupId(bad)).toThrow(expect.objectContaining({ code: "BACKUP_UNKNOWN" }));
    }
  });
});

describe("a manifest", () => {
  it("is read as it was written", () => {
    const manifest = aManifest({ verified: [verifiedAs("written"), verifiedAs("compared")] });
    expect(parseManifest(formatManifest(manifest), "a.json")).toEqual(manifest);
  });

  it.each([
    ["{", "is no JSON"],
    ["null", "is no manifest of a backup: the whole"],
    [JSON.stringify({ ...aManifest(), sha256: "abc" }), "sha256: expected 64 hexadecimal digits"],
    [JSON.stringify({ ...aManifest(), verified: [] }), "verified:"],
    [JSON.stringify({ ...aManifest(), seq: 0 }), "seq:"],
    [JSON.stringify({ ...aManifest(), at: "yesterday" }), "at:"],
    [JSON.stringify({ ...aManifest(), surprise: 1 }), "surprise"],
    [JSON.stringify({ ...aManifest(), v: 2 }), "was written by a newer Sluice (version 2)"],
  ])("that is none is refused with what is wrong: %s", (text, message) => {
    expect(() => parseManifest(text, "a.json")).toThrow(
      expect.objectContaining({ code: "BACKUP_INVALID", message: expect.stringContaining(message) }),
    );
  });
});

describe("proven", () => {
  it("is a backup that a server took", () => {
    expect(isProven(aManifest({ verified: [verifiedAs("written"), verifiedAs("decoded")] }))).toBe(false);
    expect(isProven(aManifest({ verified: [verifiedAs("restored"), verifiedAs("decoded")] }))).toBe(true);
    expect(highestLevel(aManifest({ verified: [verifiedAs("compared"), verifiedAs("written")] }))).toBe("compared");
  });

  it("is none that failed since", () => {
    const failed = { at: "2026-05-02T10:00:00.000Z", code: "BACKUP_CORRUPT", message: "a byte" };
    expect(isProven(aManifest({ verified: [verifiedAs("compared")], failed }))).toBe(false);
  });
});

describe("what a restored database lacks", () => {
  const orders = { name: "public.orders", rows: 2, hash: "42", sampled: false };
  const sequence = { name: "s", last: "5", ascending: true, cycles: false };

  it("is nothing when it holds the same", () => {
    expect(differences(aFingerprint(), aFingerprint())).toEqual([]);
  });

  it.each([
    [{ tables: [] }, "table public.orders is missing"],
    [{ tables: [{ ...orders, rows: 1 }] }, "table public.orders has 1 rows, not 2"],
    [{ tables: [{ ...orders, hash: "43" }] }, "table public.orders has 2 rows as it should, with other content"],
    [{ tables: [orders, { ...orders, name: "x" }] }, "table x was not there"],
    [{ sequences: [] }, "sequence public.orders_id_seq is missing"],
    [{ largeObjects: 1 }, "1 large objects, not 0"],
    [{ objects: { indexes: 0, constraints: 1 } }, "0 indexes, not 1"],
    [{ objects: { indexes: 1, constraints: 1, views: 1 } }, "1 views, not 0"],
    [{ extensions: {} }, "extension plpgsql is missing"],
  ])("is named: %o", (over, sentence) => {
    expect(differences(aFingerprint(), aFingerprint(over))).toEqual([sentence]);
  });

  it("is not made of what the version that took the backup did not count", () => {
    const { objects } = aFingerprint();
    expect(differences(aFingerprint(), aFingerprint({ objects: { ...objects, publications: 1 } }))).toEqual([]);
  });

  it("sequences may have gone on, never back", () => {
    const against = (taken: object, restored: object) =>
      differences(
        aFingerprint({ sequences: [{ ...sequence, ...taken }] }),
        aFingerprint({ sequences: [{ ...sequence, ...restored }] }),
      ).length;
    expect(against({}, { last: "9" })).toBe(0);
    expect(against({}, { last: "4" })).toBe(1);
    expect(against({}, { last: null })).toBe(1);
    expect(against({ last: null }, { last: null })).toBe(0);
    expect(against({ ascending: false }, { last: "4", ascending: false })).toBe(0);
    expect(against({ ascending: false }, { last: "6", ascending: false })).toBe(1);
    expect(against({ cycles: true }, { last: "1", cycles: true })).toBe(0);
    // Beyond what a number can hold exactly.
    expect(against({ last: "9007199254740993" }, { last: "9007199254740992" })).toBe(1);
  });
});
