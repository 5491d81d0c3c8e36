import { formatDuration, SluiceError } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { askForPerson, waitForPerson } from "../control/wait-for-person.ts";
import { closeToTesters, openToTesters } from "./testers.ts";

/** Asks a person, unless one had approved before the run died that asked. */
export const approval: StepAction<"approval"> = {
  async run(step, scope, { signal, progress }) {
    const { control } = scope;
    const { id, share, waitMs, onTimeout } = step;
    const isApproved = () => control.isApproved(id);
    if (isApproved()) return;
    await openToTesters(scope, step, signal);
    control.ask(id);
    progress(`${share} % needs approval; waits ${formatDuration(waitMs)} for sluice traffic approve, or abort`);
    askForPerson(scope, step, { why: `${share} % needs approval`, waitMs, next: "sluice traffic approve" });
    if (await waitForPerson(scope, { step, waitMs, released: isApproved, signal })) return;
    if (onTimeout === "proceed") {
      await control.receive({ kind: "approve", actor: "sluice", reason: "nobody answered in time" });
      return;
    }
    throw new SluiceError("NOT_APPROVED", `nobody approved ${share} % within ${formatDuration(waitMs)}`, {
      hint: "deploy the release again; rollout.approval.timeout says how long a person is waited for",
    });
  },
  async undo(step, scope, { signal }) {
    await closeToTesters(scope, step, signal);
  },
};
