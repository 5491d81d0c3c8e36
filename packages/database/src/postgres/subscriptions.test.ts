import type { ContainerExec, ExecOptions } from "@sluice/core";
import { expect, it } from "vitest";
import { dropDatabase } from "./new-database.ts";
import { readSubscriptions, subscriptionsLeft, subscriptionsToStop, withSubscriptions } from "./subscriptions.ts";

const old = "app__old_20260501t100000z_abcd";
const received = { name: "orders", database: "app", isEnabled: true, slot: "orders" };
const aside = { ...received, database: old };
const restored = { ...received, isEnabled: false };
const target = { container: "c", user: "app", database: "app" };

/** Answers each statement that holds a text with lines, and keeps what was asked in which database. */
function serverWith(answers: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const exec = async (_container: string, _command: readonly string[], { stdin, environment }: ExecOptions = {}) => {
    const sql = typeof stdin === "string" ? stdin : "";
    asked.push(`${environment?.["PGDATABASE"]}: ${sql.trim()}`);
    const [, lines = []] = Object.entries(answers).find(([text]) => sql.includes(text)) ?? [];
    return { exitCode: 0, stdout: Buffer.from(lines.join("\n")), stderr: "" };
  };
  return { exec: { exec } as unknown as ContainerExec, asked };
}

it("subscriptions of the database, and of what restores left beside it, are read without what is secret of them", async () => {
  const all = [received, aside, { ...received, database: "other" }].map((one) => JSON.stringify(one));
  const { exec, asked } = serverWith({ pg_subscription: all });
  expect(await readSubscriptions(exec, target, { session: "s" })).toEqual([received, aside]);
  expect(asked.join()).not.toMatch(/subconninfo|s\.\*/);
});

it("those that are enabled are named before they stop", () => {
  expect(subscriptionsToStop("app", [received])).toMatchObject([
    { severity: "warn", code: "subscriptions-stop", message: expect.stringMatching(/: orders \(slot orders of the/) },
  ]);
  expect(subscriptionsToStop("app", [restored, aside])).toEqual([]);
});

it("those that stopped are named, with the statements that take them from the one to the other", () => {
  const hint = subscriptionsLeft("app", old, [restored, aside])?.hint ?? "";
  const statements = [
    `alter database "${old}" with allow_connections true`,
    'alter subscription "orders" disable; alter subscription "orders" set (slot_name = none); drop subscription "orders"',
    'in app: alter subscription "orders" enable; alter subscription "orders" refresh publication',
  ];
  for (const statement of statements) expect(hint).toContain(statement);
  expect(statements.map((each) => hint.indexOf(each))).toEqual(
    statements.map((each) => hint.indexOf(each)).toSorted((one, other) => one - other),
  );
  // No superuser made the backup, or the subscription is younger.
  expect(subscriptionsLeft("app", old, [aside])?.hint).toContain("in app: make orders anew (create subscription)");
  expect(subscriptionsLeft("app", old, [restored, { ...aside, isEnabled: false }])).toBeNull();
});

it("they are told of as long as the database is there, which cannot be dropped before", () => {
  const left = { what: "databases", why: "room", mend: "drop it" };
  expect(withSubscriptions("app", left, [restored, aside])).toMatchObject({
    what: `databases; with subscriptions: orders (slot orders of the publisher) of ${old}`,
    why: expect.stringMatching(/cannot be dropped, and app does not receive/),
    mend: expect.stringMatching(/drop subscription "orders"; where .*; drop it$/),
  });
  const disabled = withSubscriptions("app", left, [{ ...aside, isEnabled: false }]);
  expect(disabled?.why).toMatch(/cannot be dropped$/);
  expect(withSubscriptions("app", left, [received])).toBe(left);
  expect(withSubscriptions("app", null, [aside])).toBeNull();
});

it("a database that is dropped loses its subscriptions first, and their publishers keep their slots", async () => {
  const { exec, asked } = serverWith({ pg_subscription: ["orders"] });
  await dropDatabase(exec, target, old, { session: "s" });
  expect(asked.map((each) => each.replace(/^(\S+: \w+).*/s, "$1"))).toEqual([
    "postgres: select",
    `${old}: alter`,
    "postgres: select",
  ]);
  expect(asked[1]).toContain('set (slot_name = none); drop subscription "orders"');
});
