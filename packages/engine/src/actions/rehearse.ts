import { rehearsalCopyText, SluiceError } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { emit, releaseOf } from "../scope.ts";

/** Changes nothing of production, and so has no undo. */
export const rehearse: StepAction<"rehearse"> = {
  async run({ id, service, blocks, acceptIncompatible }, scope, { signal, progress }) {
    const candidate = releaseOf(scope);
    const rehearsal = await scope.ports.rehearser.rehearse(service, {
      candidate,
      previous: scope.previousRelease,
      acceptIncompatible,
      signal,
      onProgress: progress,
    });
    emit(scope, { type: "rehearsal", deployment: scope.deployment, step: id, rehearsal });
    const { verdict, findings, previous, backup } = rehearsal;
    progress(`rehearsed on a copy of ${rehearsalCopyText(rehearsal)}`);
    const told = findings.filter(({ severity }) => severity !== "note");
    for (const { severity, code, message } of told) progress(`${severity}: ${message} [${code}]`);
    progress(`rollback of images safe: ${previous.result} (${previous.why})`);
    if (verdict === "block" && blocks) {
      const blocking = told.filter(({ severity }) => severity === "block");
      throw new SluiceError("REHEARSAL_FAILED", `the rehearsal found: ${blocking[0]?.message ?? "what must not be"}`, {
        detail: blocking.map(({ code, message, hint }) => `${code}: ${message}${hint ? `\n  ${hint}` : ""}`).join("\n"),
        hint: "nothing of production was touched; sluice db rehearse shows all of it",
      });
    }
    scope.run.previousFails = previous.result === "fail";
    scope.run.previousRunsOnIt = previous.result === "pass";
    return { backup, verdict, previous: previous.result, why: previous.why, found: told.map(({ code }) => code) };
  },
};
