import type { Manifest } from "./manifest.ts";

/** Which database it is: of one service, one server, there may be several. */
export interface DatabaseId {
  readonly service: string;
  readonly kind: Manifest["kind"];
  /** As manifests say it: of a database in a file its path. */
  readonly name: string;
}

/** Whether a backup is of that database: one of another never stands for it. Pure. */
export function isOfDatabase(
  backup: Pick<Manifest, "service" | "kind"> & { readonly database: Pick<Manifest["database"], "name"> },
  { service, kind, name }: DatabaseId,
): boolean {
  return backup.service === service && backup.kind === kind && backup.database.name === name;
}
