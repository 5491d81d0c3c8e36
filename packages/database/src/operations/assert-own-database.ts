import { SluiceError } from "@sluice/core";
import type { Manifest } from "../model/manifest.ts";
import type { BackupPorts } from "./ports.ts";

/**
 * A backup goes into the database that it was taken of, and is proven as one of its kind. One of a service that the project does not
 * have is taken for this one's under an earlier name. Pure.
 *
 * @throws SluiceError BACKUP_WRONG_DATABASE, naming both
 */
export function assertOwnDatabase(
  {
    driver,
    service,
    services,
  }: Pick<BackupPorts, "service" | "services"> & { driver: Pick<BackupPorts["driver"], "kind"> },
  manifest: Pick<Manifest, "id" | "service" | "kind">,
): void {
  const isAnothers =
    service !== undefined && manifest.service !== service && services?.includes(manifest.service) !== false;
  if (!isAnothers && manifest.kind === driver.kind) return;
  const here = service === undefined ? driver.kind : `${service} (${driver.kind})`;
  throw new SluiceError(
    "BACKUP_WRONG_DATABASE",
    `backup ${manifest.id} is of ${manifest.service} (${manifest.kind}), and the database that was opened is ${here}: nothing was changed`,
    {
      hint: `name the environment (--env) of sluice.yaml whose database.service is ${manifest.service} and whose database.kind is ${manifest.kind}`,
    },
  );
}
