import { expect, it } from "vitest";
import { keepSettings, settingsGone } from "./kept-settings.ts";
import { createMissingRoles } from "./roles.ts";

const kept = [
  "alter database shop owner to shop",
  "alter database shop set search_path to 'app', 'public'",
  `alter role "to do" in database shop set work_mem to '5MB'`,
  `alter database shop set "app.jwt_secret" to 's3cret'`,
  "alter database shop with connection limit 33",
  "comment on database shop is 'two\nlines -- of it'",
  "revoke all on database shop from public",
  "grant CONNECT on database shop to app_ro",
];
const roles = "CREATE ROLE shop;\nALTER ROLE shop WITH NOSUPERUSER LOGIN;\n";
const script = keepSettings(Buffer.from(roles), kept).toString();
const ask = { id: "B1", name: "shop", live: "shop" };

it("what belongs to a database lies beside the roles, where no server takes it for statements", () => {
  const lines = script.split("\n").filter((line) => line !== "");
  expect(lines.filter((line) => !line.startsWith("--"))).toEqual(roles.trim().split("\n"));
  expect(lines).toHaveLength(2 + kept.length);
  expect(createMissingRoles(script, "shop")).toContain("-- ");
  expect(keepSettings(Buffer.from(roles), []).toString()).toBe(roles);
});

it("a live database that has it, or has set the same otherwise since, lacks nothing", () => {
  expect(settingsGone(script, kept, ask)).toBeNull();
  const since = kept.map((one) => one.replace("'5MB'", "'6MB'").replace("33", "44").replace("two", "three"));
  expect(settingsGone(script, since, ask)).toBeNull();
  // Nobody is told to stop writes once more.
  const stopped = [...kept, "alter database shop set default_transaction_read_only to 'on'"];
  expect(settingsGone(keepSettings(Buffer.from(roles), stopped).toString(), kept, ask)).toBeNull();
  // Of a version that did not keep it.
  expect(settingsGone(roles, [], ask)).toBeNull();
});

it("what it lacks is named as statements of it, and values that may be secret are not", () => {
  const gone = settingsGone(script, ["alter database shop owner to shop"], { ...ask, live: "new shop" });
  expect(gone).toMatchObject({ severity: "warn", code: "settings-gone" });
  expect(gone?.message).toContain("backup B1");
  expect(gone?.hint).toContain(`alter database "new shop" set search_path to 'app', 'public'; `);
  expect(gone?.hint).toContain(`alter role "to do" in database "new shop" set work_mem to '5MB'; `);
  expect(gone?.hint).toContain('grant CONNECT on database "new shop" to app_ro');
  expect(gone?.hint).not.toContain("owner");
  expect(gone?.hint).toContain('alter database "new shop" set "app.jwt_secret" to …; ');
  expect(gone?.hint).toContain("B1.globals");
  expect(JSON.stringify(gone)).not.toContain("s3cret");
  const other = settingsGone(script, ["alter database shop owner to postgres", ...kept.slice(1)], ask);
  expect(other?.hint).toContain("alter database shop owner to shop");
});
