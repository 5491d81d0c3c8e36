import type { ReleaseBundle } from "@sluice/core";

/** When the newest of these releases was made, ISO 8601 in UTC; `""` where there is none. Pure. */
export function newestCreation(bundles: readonly ReleaseBundle[]): string {
  return bundles.reduce((newest, { createdAt }) => (createdAt > newest ? createdAt : newest), "");
}

/**
 * The time of a release that is made now. It orders releases, so it is later than that of all before, also where wall time
 * has gone back since. Pure.
 */
export function creationTime(now: Date, newest: string): string {
  const text = now.toISOString();
  return text > newest ? text : new Date(Date.parse(newest) + 1).toISOString();
}

const shape = /^d(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-/;

/**
 * The id of a deployment that begins now: its second and something random. It sorts after the id of the one before, `null` for
 * none, also where wall time has gone back since. Pure.
 */
export function deploymentId(now: Date, before: string | null, random: string): string {
  const [, year, month, day, hour, minute, second] = shape.exec(before ?? "") ?? [];
  const last = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const secondMs = 1_000;
  const at = Number.isNaN(last) ? now : new Date(Math.max(now.getTime(), last + secondMs));
  return `d${at.toISOString().replaceAll(/\D/g, "").slice(0, 14)}-${random}`;
}
