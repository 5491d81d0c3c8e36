import { SluiceError } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { buildRelease } from "../prepare/build-release.ts";
import { nameAgain } from "../prepare/name-again.ts";
import { clearSlot, removeSlot } from "./take-away.ts";

/** Builds what has a build, pins what has not, and stores the release: from here on the checkout may go. */
export const build: StepAction<"build"> = {
  async run({ clears }, scope, { options, progress }) {
    const { source, ports } = scope;
    if (!source) {
      throw new SluiceError("RECOVERY_REFUSED", "a release can only be built where its checkout is", {
        hint: "sluice abort undoes the deployment; then deploy the release again",
      });
    }
    // What is pulled in place of an image that only lost its name may be another one, and what goes on has none that keeps it.
    if (scope.previousRelease) await nameAgain(scope.previousRelease, ports, options);
    const emptied = clears ? clearSlot(scope, clears, options) : undefined;
    const [made] = await Promise.allSettled([buildRelease(ports, source, options, progress), emptied]);
    if (made.status === "rejected") throw made.reason;
    await emptied;
    const { release, changedServices, reported } = made.value;
    scope.release = release;
    scope.changedServices = changedServices;
    scope.run.reported = reported;
    const { id, commit, images } = release.bundle;
    const imagesOf = source.taken ? { imagesOf: source.taken.from } : {};
    return { bundle: id, commit, images, ...imagesOf, ...(changedServices && { changedServices }) };
  },
  // As the undo of `clear`: the slot's networks were kept for a release that does not come.
  async undo({ clears }, scope, { options }) {
    if (clears) await removeSlot(scope, clears, options);
  },
};
