import type { StoredRelease } from "@sluice/core";
import { aStack } from "@sluice/core/testing";
import { expect, it } from "vitest";
import type { Session } from "../../session.ts";
import type { OpenDatabase } from "../open-database.ts";
import { rehearse } from "./rehearse.ts";

it("where others have the project of rehearsals nothing begins: no backup is looked for, and none restored", async () => {
  const foreign = [
    { project: "shop-rehearsal", place: "rehearsal", containers: ["a"], networks: [], isShared: false, owner: null },
  ] as const;
  const database = { observed: aStack({ foreign }) } as unknown as OpenDatabase;
  const rehearsal = { candidate: {} as StoredRelease, previous: null };
  // A session that is asked for anything would end it otherwise.
  const rehearsed = rehearse({} as Session, database, rehearsal, new AbortController().signal);
  await expect(rehearsed).rejects.toMatchObject({
    code: "PREFLIGHT_FAILED",
    message: expect.stringContaining("rehearsals of stack shop need the name of Compose project shop-rehearsal"),
  });
});
