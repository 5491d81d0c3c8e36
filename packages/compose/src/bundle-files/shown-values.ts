import { createHmac } from "node:crypto";
import type { Redact } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";

/** Keys of a service whose values say how it is run, and are no place for secrets. */
const openKeys = new Set(
  (
    "image ports expose restart scale deploy networks network_mode volumes volumes_from tmpfs depends_on profiles " +
    "stop_grace_period stop_signal user group_add privileged read_only init cap_add cap_drop devices security_opt " +
    "platform pull_policy hostname container_name pid ipc userns_mode runtime ulimits shm_size mem_limit " +
    "mem_reservation cpus pids_limit working_dir secrets configs healthcheck build dns extra_hosts"
  ).split(" "),
);
const openSections = new Set(["networks", "volumes", "secrets", "configs"]);
/** Anywhere below: free text of the user, in which secrets are found in the wild. */
const closedKeys = new Set(
  "environment labels annotations driver_opts options args additional_contexts context command entrypoint test content".split(
    " ",
  ),
);
/** Longer values are told apart, not shown: a part of one could be half of a secret that nobody knows as one. */
const longestShown = 200;

/**
 * Whether the value at a path of the model may be shown. Only what is known to be no place for secrets is: a key that
 * nobody has heard of yet is not.
 */
export function isOpen(path: readonly string[]): boolean {
  const [section = "", , key = ""] = path;
  const isKnown = section === "services" ? openKeys.has(key) : openSections.has(section);
  return isKnown && path.slice(2).every(isOpenKey);
}

function isOpenKey(key: string): boolean {
  return !closedKeys.has(key) && !key.startsWith("x-");
}

/**
 * A value for a record that others read: as it is where that may be shown and nothing in it is known to be secret, else a
 * keyed hash, which tells whether two are equal.
 */
export function shownValue(path: readonly string[], value: unknown, key: string | Uint8Array, redact: Redact): string {
  const text = unescapeDollars(typeof value === "string" ? value : JSON.stringify(value));
  const isShown = isOpen(path) && keysIn(value).every(isOpenKey) && text.length <= longestShown;
  // A token alone may stand before the @ of an address.
  return isShown && redact(text) === text && !/:\/\/[^/\s]*@/.test(text) ? text : fingerprint(value, key);
}

function keysIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.values(value).flatMap(keysIn);
  return Array.isArray(value) ? below : [...Object.keys(value), ...below];
}

function fingerprint(value: unknown, key: string | Uint8Array): string {
  return `hmac:${createHmac("sha256", key).update(JSON.stringify(value)).digest("hex").slice(0, 16)}`;
}
