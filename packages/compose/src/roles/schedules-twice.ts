import { isInSlot } from "@sluice/core";
import type { FindingRule } from "./finding-rule.ts";

/** Labels by which a scheduler runs commands inside the containers that carry them. */
const schedule = /^(?:ofelia|chadburn)\.job-exec\.|^deck-chores\.(?!options\.)/;

/** Schedulers look at containers: while two versions run, and that is for as long as the one before is warm, each has the labels. */
export const schedulesTwice: FindingRule = (model, { service, role, strategy }, { overlap }) => {
  const label = Object.keys(model.services[service]?.labels ?? {}).find((name) => schedule.test(name));
  const isTwo = isInSlot({ role, strategy }) && (role === "web" || overlap === true);
  if (!isTwo || label === undefined) return undefined;
  return {
    severity: "warn",
    code: "schedules-twice",
    message: `a scheduler runs what ${label} says in each container of ${service}: twice while two versions run`,
    hint: "move such labels to a worker, of which there are never two without overlap; rollout.keep: stopped ends it with the deployment",
    path: ["labels", label],
  };
};
