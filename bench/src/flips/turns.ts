import type { ClientView } from "./clients.ts";

/** Versions of a deployment and the way back. */
export interface WayThere {
  readonly old: string;
  readonly next: string;
}

/** Whether a client met the new version once, and the old one before and after it: one turn in each direction. */
export function turnedOnce({ versions }: Pick<ClientView, "versions">, { old, next }: WayThere): boolean {
  return versions.length === 3 && versions[0] === old && versions[1] === next && versions[2] === old;
}

/** In words, who did not. */
export function restless(views: readonly ClientView[], way: WayThere): readonly string[] {
  return views.filter((view) => !turnedOnce(view, way)).map(({ name, versions }) => `${name}: ${versions.join(", ")}`);
}
