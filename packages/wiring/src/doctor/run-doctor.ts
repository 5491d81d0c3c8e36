import type { DoctorReport } from "@sluice/core";
import { examine } from "@sluice/engine";
import type { DoctorArea } from "../deployer.ts";
import type { Session } from "../session.ts";
import { deploymentExaminers } from "./examiners.ts";
import { machineExaminers } from "./machine-examiners.ts";
import { readHomeMode, securityExaminers } from "./security/security-examiners.ts";

/** Looks, and changes nothing of the stack. */
export async function runDoctor(
  session: Session,
  signal?: AbortSignal,
  area: DoctorArea = "deployments",
): Promise<DoctorReport> {
  const examiners =
    area === "security"
      ? securityExaminers(session, await readHomeMode(session, signal))
      : [...deploymentExaminers(session), ...machineExaminers(session)];
  return examine(examiners, session.clock, signal);
}
