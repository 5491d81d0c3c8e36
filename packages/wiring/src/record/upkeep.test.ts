import type { Finding } from "@sluice/core";
import { createFakeWorld } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { readUpkeep, recordUpkeep } from "./upkeep.ts";

const { journal } = createFakeWorld().ports();
const said: Finding[] = [];
const parts = {
  journal,
  actor: "ada",
  origin: { host: "server-1" },
  say: (finding: Finding) => void said.push(finding),
};

describe("what somebody takes away by hand", () => {
  it("is in the record, with who did it and what it was; nothing is where it was nothing", async () => {
    await recordUpkeep(parts, { type: "releases-pruned", releases: [] });
    await recordUpkeep(parts, { type: "releases-pruned", releases: ["r1", "r2"] });
    await recordUpkeep(parts, { type: "outbox-dropped", channel: "team", notifications: ["d1.live"] });
    expect(await readUpkeep(journal)).toMatchObject([
      { seq: 1, type: "releases-pruned", releases: ["r1", "r2"], actor: "ada", origin: { host: "server-1" } },
      { seq: 2, type: "outbox-dropped", channel: "team", notifications: ["d1.live"], actor: "ada" },
    ]);
    expect(said).toEqual([]);
  });

  it("is done where it cannot be recorded, which is said", async () => {
    const full = { append: () => Promise.reject(new Error("no space left")) };
    await recordUpkeep({ ...parts, journal: full }, { type: "releases-pruned", releases: ["r1"] });
    expect(said).toMatchObject([
      {
        code: "done-unrecorded",
        message: "releases-pruned (r1): it is done, and that is not in the record: no space left",
      },
    ]);
  });
});
