import type { LoadProfile } from "./profile.ts";

/** When request `index` (from 0) of a stream is due: fixed beforehand, so that a slow answer delays no other request. */
export const dueAt = (startAt: number, ratePerSecond: number, index: number): number =>
  startAt + (index * 1_000) / ratePerSecond;

export interface PlannedRequest {
  readonly client: number;
  readonly method: "GET" | "POST";
  readonly path: string;
}

/** The next ordinary request: who asks, and for what. */
export function nextRequest(profile: LoadProfile, random: () => number): PlannedRequest {
  const client = Math.floor(random() * profile.clients);
  const isOrder = random() < profile.orderShare;
  const path = profile.paths[Math.floor(random() * profile.paths.length)] ?? "/";
  return isOrder ? { client, method: "POST", path: profile.orderPath } : { client, method: "GET", path };
}
