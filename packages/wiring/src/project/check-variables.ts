import { SluiceError, type StateFinding } from "@sluice/core";
import type { Session } from "../session.ts";
import { type UnreadyCheck, unreadyChecks } from "./config-variables.ts";

/**
 * Before a deployment begins: every check that can end it has the variables that it needs. Found out at the check it would
 * be after builds, backups and migrations. Going back is not kept from anybody by this.
 *
 * @throws SluiceError CONFIG_INVALID with the variables that are missing
 */
export async function assertChecksReady(session: Session): Promise<void> {
  const unready = unreadyChecks(await session.config(), session.options.env);
  if (unready.length > 0) throw new SluiceError("CONFIG_INVALID", textOf(unready), { hint });
}

/** The same for who only looks, and refuses nothing. */
export async function checkVariableFindings(session: Session): Promise<readonly StateFinding[]> {
  const unready = unreadyChecks(await session.config(), session.options.env);
  if (unready.length === 0) return [];
  return [
    {
      severity: "error",
      code: "check-variable-missing",
      message: `a deployment would be refused: ${textOf(unready)}`,
      hint,
    },
  ];
}

const hint =
  "set them where sluice runs (in GitHub Actions: env: of the step, from secrets), or let the check go on without data: onNoData: warn";

function textOf(unready: readonly UnreadyCheck[]): string {
  const texts = unready.map(({ check, missing }) => `${check} needs ${missing.join(", ")}`);
  return `environment variables are not set or empty: ${texts.join("; ")}`;
}
