import { describe, expect, it } from "vitest";
import type { Programs } from "./programs.ts";
import { swapScripts, unswapScripts } from "./swap-sql.ts";

const request = { live: "shop", fresh: "shop__restore_1", old: "shop__old_1" };

/** Programs as a dump of a database has them, around which it changes the database's own character set. */
function programsOf(database: string, text: string): Programs {
  const free = `\nALTER DATABASE \`${database}\` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;\n${text}`;
  const characterSet = { name: "utf8mb4", collation: `utf8mb4_of_${text.at(-1)}` };
  return {
    characterSet,
    tables: ["orders"],
    views: [],
    triggers: [],
    events: [],
    routines: [],
    grants: [],
    bound: "",
    free,
  };
}
const programs = {
  live: programsOf(request.live, "-- of live"),
  fresh: programsOf(request.fresh, "-- of fresh"),
  events: "",
  scheduled: false,
};

/** The last character set that a script gives the live database by itself, and what comes before that. */
function givenTo(script: string): readonly (string | undefined)[] {
  const given = [...script.matchAll(/^alter database `shop` character set (.*);$/gm)].at(-1);
  return [given?.[1], script.slice(0, given?.index)];
}

/** Whose character set is changed when a text is read, and the database that it is read in. */
function placeOf(script: string, text: string): readonly (string | undefined)[] {
  const lines = script.slice(0, script.indexOf(text)).split("\n");
  const lastOf = (pattern: RegExp) => lines.flatMap((line) => (pattern.exec(line) ?? []).slice(1)).at(-1);
  return [lastOf(/^ALTER DATABASE `(.*?)`/), lastOf(/^use `(.*?)`/)];
}

describe("what belongs to tables and is made anew", () => {
  it("is of the character set that it was of, in whatever database it comes to", () => {
    const { script, after } = swapScripts(request, programs);
    for (const text of [script, after]) {
      expect(placeOf(text, "-- of fresh")).toEqual([request.live, request.live]);
      expect(placeOf(text, "-- of live")).toEqual([request.old, request.old]);
    }
  });

  it("is so where it comes back to its own", () => {
    const now = { live: programs.fresh, fresh: { ...programs.fresh, tables: [] }, old: programs.live };
    const { script, back } = unswapScripts(request, programs, now);
    expect(placeOf(back.live, "-- of live")[0]).toBe(request.live);
    expect(placeOf(back.fresh, "-- of fresh")[0]).toBe(request.fresh);
    expect(placeOf(script, "-- of live")).toEqual([request.live, request.live]);
    expect(placeOf(script, "-- of fresh")).toEqual([request.fresh, request.fresh]);
  });
});

describe("whoever holds a table", () => {
  const live = { ...programs.live, tables: ["orders", "customers"] };
  const scriptOf = (of: Partial<Programs>) =>
    swapScripts(request, { ...programs, live: { ...live, ...of } }).script.split("\n");

  it.each([
    [{ triggers: ["audit"] }, "drop trigger `shop`.`audit`;"],
    [{ views: ["totals"] }, "drop view `shop`.`totals`;"],
  ])("is met before anything is dropped: %o", (of, drop) => {
    const lines = scriptOf(of);
    const locked = lines.indexOf("lock tables `shop`.`orders` write; unlock tables;");
    expect(lines[locked - 1]).toMatch(/^set lock_wait_timeout/);
    expect(lines[locked + 1]).toBe("lock tables `shop`.`customers` write; unlock tables;");
    expect(lines.findIndex((line) => line.startsWith("drop "))).toBe(locked + 2);
    expect(lines[locked + 2]).toBe(drop);
  });

  it("is met by the renaming alone where nothing of the live database is dropped before", () => {
    expect(scriptOf({}).join("\n")).not.toContain("lock tables");
    expect(scriptOf({ tables: [], views: ["totals"] }).join("\n")).not.toContain("lock tables");
  });
});

describe("the character set of the database", () => {
  it("comes and goes with what is in it, also where only the rest of a swap is done again", () => {
    const { script, after } = swapScripts(request, programs);
    for (const text of [script, after]) expect(givenTo(text)[0]).toBe("utf8mb4 collate utf8mb4_of_h");
    expect(givenTo(script)[1]).toContain("select 'renamed';");
    const unswap = unswapScripts(request, programs, { ...programs, live: programs.fresh, old: programs.live });
    expect(givenTo(unswap.script)[0]).toBe("utf8mb4 collate utf8mb4_of_e");
  });

  it("is not touched where nothing was exchanged", () => {
    const { back } = swapScripts(request, programs);
    expect(`${back.live}${back.fresh}`).not.toContain("alter database");
  });
});
