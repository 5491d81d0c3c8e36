import { tmpdir } from "node:os";
import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { assertHomeRoom, homeRoomFindings, readHomeFacts } from "./home-room.ts";

const home = { path: "/var/lib/sluice/shop", fileSystem: 0xef53, freeBytes: 67_108_864, readOnly: null };

it("a deployment is refused where its record may find no room, and a plan says so", () => {
  expect(homeRoomFindings(home)).toEqual([]);
  expect(() => assertHomeRoom(home)).not.toThrow();
  const low = { ...home, freeBytes: 20_000_000 };
  expect(homeRoomFindings(low)).toMatchObject([{ severity: "error", code: "home-disk-low" }]);
  expect(() => assertHomeRoom(low)).toThrow(
    expect.objectContaining({
      code: "PREFLIGHT_FAILED",
      message: expect.stringContaining("/var/lib/sluice/shop has 19 MiB free, 64 MiB are wanted") as string,
      hint: expect.stringContaining("df -h /var/lib/sluice/shop") as string,
    }),
  );
});

it("what is free is asked of where the home lies", async () => {
  const session = { home: async () => ({ path: tmpdir(), readOnly: null }) } as unknown as Session;
  const { path, freeBytes } = await readHomeFacts(session);
  expect(path).toBe(tmpdir());
  expect(freeBytes).toBeGreaterThan(0);
});

it("where nothing can be written, that is what is said", () => {
  const readOnly = new SluiceError("HOME_UNUSABLE", "nothing can be written in /h: EROFS", { hint: "use another" });
  expect(homeRoomFindings({ ...home, readOnly, freeBytes: 0 })).toEqual([
    {
      severity: "error",
      code: "home-read-only",
      message: "nothing can be written in /h: EROFS: whatever changes something, a rollback too, is refused",
      hint: "use another",
    },
  ]);
  expect(() => assertHomeRoom({ ...home, readOnly })).toThrow(readOnly);
});
