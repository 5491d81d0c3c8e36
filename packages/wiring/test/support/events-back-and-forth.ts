import { highestLevel } from "@sluice/database";
import { expect } from "vitest";
import type { ComposeProject } from "./compose-project.ts";
import { until } from "./until.ts";

/**
 * Restores a backup of a MariaDB or MySQL and undoes that: an event that is somebody's own stays so, and events whose time comes meanwhile
 * keep none of it from being done. Table `audit` is there; what it makes, it takes away.
 *
 * @param sql as the server's administrator
 */
export async function expectEventsBackAndForth(
  { deployer: { database } }: Pick<ComposeProject, "deployer">,
  sql: (statements: string) => Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  const noted = (what: string) => `do insert into audit (what) values ('${what}')`;
  const eventsIn = (schema: string) =>
    sql(
      `select event_name, definer, status from information_schema.events where event_schema = '${schema}' order by 1`,
    );
  await sql(
    `create user keeper@'%'; grant all on shop.* to keeper@'%'; create definer = keeper@'%' event hers on schedule every 1 hour starts current_timestamp + interval 1 hour ${noted("hers")}; create event once on schedule at current_timestamp + interval 3 second ${noted("once")}`,
  );
  const { id } = await database.backup({}, signal);
  await until(async () => !(await eventsIn("shop")).includes("once"));
  expect(highestLevel(await database.verify(id, {}, signal))).toBe("compared");
  const lasting = await eventsIn("shop");
  expect(lasting).toContain("hers\tkeeper@%\tENABLED");
  await sql(`create event late on schedule at current_timestamp + interval 1 hour ${noted("late")}`);

  const { old } = await database.restore(id, {}, signal);
  expect(await eventsIn("shop")).toBe(lasting);
  expect(await eventsIn(old)).not.toContain("ENABLED");
  await sql(`alter event ${old}.late on schedule at current_timestamp + interval 1 second; do sleep(2)`);
  const undone = await database.undoRestore(id, {}, signal);
  expect(await eventsIn("shop")).toBe(lasting);
  await sql(`drop event hers; drop database ${undone}; drop user keeper@'%'`);
}
