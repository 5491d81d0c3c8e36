import { type ContainerExec, type Finding, isSluiceError, SluiceError } from "@sluice/core";
import type { Manifest } from "../model/manifest.ts";
import { isRefused } from "./accounts.ts";
import { type ClientOptions, runSql } from "./client.ts";
import { fromHex, type MysqlTarget, quoteName } from "./target.ts";

/** A role of MariaDB has no host: `""`. */
interface Account {
  readonly user: string;
  readonly host: string;
}

/** What does what it does as an account, whoever uses it. */
interface Acting {
  /** For people: `trigger noted`. */
  readonly what: string;
  readonly definer: Account;
}

/** As the server's own tables say it: `shop@%`. */
export function accountOf(text: string): Account {
  const at = text.lastIndexOf("@");
  return at < 0 ? { user: text, host: "" } : { user: text.slice(0, at), host: text.slice(at + 1) };
}

/** As statements name it. */
export function quotedAccount({ user, host }: Account): string {
  return host === "" ? quoteName(user) : `${quoteName(user)}@${quoteName(host)}`;
}

const quoted = "`((?:[^`]|``)*)`";
const quotedPair = `${quoted}(?:@${quoted})?`;
const unquoted = (name = "") => name.replaceAll("``", "`");

/** The events that a script of a dump makes. */
export function actingEvents(script: string): readonly Acting[] {
  const head = new RegExp(
    `^/\\*!50106 CREATE\\*/ /\\*!50117 DEFINER=${quotedPair}\\*/ /\\*!50106 EVENT ${quoted} `,
    "gm",
  );
  return [...script.matchAll(head)].map(([, user, host, name]) => ({
    what: `event ${unquoted(name)}`,
    definer: { user: unquoted(user), host: unquoted(host) },
  }));
}

/** Accounts and roles that the globals of a backup make. */
function accountsIn(globals: string): readonly Account[] {
  const made = new RegExp(`^CREATE (?:USER|ROLE) IF NOT EXISTS ${quotedPair}`, "gm");
  return [...globals.matchAll(made)].map(([, user, host]) => ({ user: unquoted(user), host: unquoted(host) }));
}

/** Whether a server takes an account of its own for that one, as it does where its host is a pattern. */
function standsFor(own: Account, { user, host }: Account): boolean {
  if (own.user !== user) return false;
  // A network by its mask: that one may lie in it.
  if (own.host.includes("/")) return true;
  const pattern = own.host
    .replaceAll(/[^a-z0-9%_]/gi, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${pattern}$`, "i").test(host);
}

interface Missing {
  readonly account: Account;
  readonly what: readonly string[];
}

/** By account. Pure. */
export function missingDefiners(acting: readonly Acting[], accounts: readonly Account[]): readonly Missing[] {
  const missing = new Map<string, Missing>();
  for (const { what, definer } of acting) {
    if (accounts.some((own) => standsFor(own, definer))) continue;
    const key = quotedAccount(definer);
    missing.set(key, { account: definer, what: [...(missing.get(key)?.what ?? []), what] });
  }
  return [...missing.values()];
}

/** Of what acts as whoever uses it, the definer does not matter. */
const definersSql = `
select 'trigger', hex(trigger_name), hex(definer) from information_schema.triggers where trigger_schema = database();
select 'view', hex(table_name), hex(definer) from information_schema.views where table_schema = database() and security_type = 'DEFINER';
select lower(routine_type), hex(routine_name), hex(definer) from information_schema.routines
  where routine_schema = database() and security_type = 'DEFINER';`;

const accountsSql = "select 'account', hex(user), hex(host) from mysql.user;";

/**
 * Looks whether the server has the accounts as which triggers, views, routines and events of a restored database act: it makes these
 * without a word, and refuses whoever uses them (error 1449).
 *
 * @param restored `globals` reads what the backup holds beside its dump; `events` are those that are not in `fresh` yet
 * @returns what to tell once `fresh` has taken its place: of accounts that the backup does not know, or that the live database lacks as well
 * @throws SluiceError BACKUP_ROLE_MISSING where the backup knows another one
 */
export async function checkDefiners(
  exec: ContainerExec,
  fresh: MysqlTarget,
  restored: {
    readonly manifest: Manifest;
    readonly events: string;
    /** Whose place `fresh` is to take. */
    readonly live: MysqlTarget;
    readonly globals: (() => Promise<string | null>) | undefined;
  },
  options: ClientOptions,
): Promise<Finding | null> {
  const made = (await readRows(exec, fresh, definersSql, options)).map((row) => actingOf(...row));
  const acting = [...made, ...actingEvents(restored.events)];
  if (acting.length === 0) return null;
  const accounts = await readAccounts(exec, fresh, options);
  if (accounts === null) return untold(fresh.user);
  if (missingDefiners(acting, accounts).length === 0) return null;
  const known = accountsIn((await restored.globals?.()) ?? "");
  const missing = missingDefiners(
    acting.map((one) => asRole(one, known)),
    accounts,
  );
  const wanted = missing.filter(({ account }) => isAmong(known, account));
  if (wanted.length === 0) return definersMissing(missing);
  // What the live database lacks as well, a restore does not make worse.
  const live = (await readRows(exec, restored.live, definersSql, options)).map((row) => actingOf(...row));
  const lackedByLive = missingDefiners(
    live.map((one) => asRole(one, known)),
    accounts,
  ).map(({ account }) => account);
  const newly = wanted.filter(({ account }) => !isAmong(lackedByLive, account));
  if (newly.length > 0) throw roleMissing(newly, restored.manifest);
  return definersMissing(missing);
}

const isAmong = (accounts: readonly Account[], { user, host }: Account) =>
  accounts.some((one) => one.user === user && one.host === host);

/** MariaDB takes the name of a role that it does not have for an account of any host. */
function asRole({ what, definer }: Acting, known: readonly Account[]): Acting {
  const role = { user: definer.user, host: "" };
  const isRole = definer.host === "%" && !isAmong(known, definer) && isAmong(known, role);
  return { what, definer: isRole ? role : definer };
}

const actingOf = (kind: string, name: string, definer: string) => ({
  what: `${kind} ${name}`,
  definer: accountOf(definer),
});

async function readRows(exec: ContainerExec, fresh: MysqlTarget, sql: string, options: ClientOptions) {
  return (await runSql(exec, fresh, sql, options)).map((line) => {
    const [kind = "", name = "", more = ""] = line.split("\t");
    return [kind, fromHex(name), fromHex(more)] as const;
  });
}

/** `null` where the account may not read the server's accounts. */
async function readAccounts(exec: ContainerExec, fresh: MysqlTarget, options: ClientOptions) {
  try {
    return (await readRows(exec, fresh, accountsSql, options)).map(([, user, host]) => ({ user, host }));
  } catch (error) {
    if (isSluiceError(error) && isRefused(error)) return null;
    throw error;
  }
}

const mostNamed = 5;

const named = (missing: readonly Missing[]) =>
  missing
    .map(({ account: { user, host }, what }) => {
      const more = what.length > mostNamed ? ` and ${what.length - mostNamed} more` : "";
      return `${host === "" ? user : `${user}@${host}`} (${what.slice(0, mostNamed).join(", ")}${more})`;
    })
    .join("; ");

const createOf = ({ account }: Missing) =>
  account.host === "" ? `create role ${quotedAccount(account)}` : `create user ${quotedAccount(account)} account lock`;

function roleMissing(missing: readonly Missing[], { id, cipher }: Manifest): SluiceError {
  const place = `${id}.globals${cipher ? ` (encrypted for ${cipher.recipient})` : ""}`;
  return new SluiceError(
    "BACKUP_ROLE_MISSING",
    `backup ${id} holds what acts as accounts that the server does not have: ${named(missing)}`,
    {
      hint: `no restore makes accounts in the live server: make them there (${missing.map(createOf).join("; ")}), with what they may do, then restore again; what they were, but for their passwords, is in ${place} where the backups lie`,
    },
  );
}

function definersMissing(missing: readonly Missing[]): Finding {
  return {
    severity: "warn",
    code: "definers-missing",
    message: `what was restored acts in part as accounts that the server does not have, and whoever uses that is refused: ${named(missing)}`,
    hint: `make these anew with another definer, or the accounts with what they may do: ${missing.map(createOf).join("; ")}`,
  };
}

const untold = (user: string): Finding => ({
  severity: "warn",
  code: "definers-missing",
  message: `whether the server has the accounts as which triggers, views, routines and events of the restored database act cannot be told: ${user} may not read mysql.user`,
  hint: `use them once, or grant select on mysql.user to ${user} before the next restore`,
});
