import type { Finding } from "@sluice/core";
import type { Channel } from "@sluice/notify";
import { createReleaseDesk } from "@sluice/release";
import { attemptOf, tellableEndings } from "./github-channel.ts";
import type { OpenedGithub } from "./open-github.ts";

/**
 * Attaches the report of a deployment to its release, as a page; told as people are, so that what cannot be attached
 * waits in the outbox. A deployment without a release on GitHub has nowhere to attach it, and one that GitHub keeps as it was
 * published takes none: that is said, and does not wait.
 *
 * @param reportOf the page of a deployment
 * @param directory the checkout
 */
export function reportChannel(
  { github }: OpenedGithub,
  reportOf: (deployment: string) => Promise<string>,
  directory: string,
  say: (finding: Finding) => void,
): Channel {
  const desk = createReleaseDesk(github, directory);
  return {
    name: "GitHub-report",
    place: github.host,
    on: tellableEndings,
    isRepeatable: true,
    async send({ notification: { deployment, release } }, signal) {
      if (deployment === undefined || release === "") return { result: "delivered" };
      try {
        const content = await reportOf(deployment);
        const asset = { name: `sluice-${deployment}.html`, type: "text/html", content };
        if ((await desk.attach(release, asset, signal)) === "immutable") say(notAttached(deployment, release));
        return { result: "delivered" };
      } catch (error) {
        return attemptOf(error);
      }
    },
  };
}

function notAttached(deployment: string, release: string): Finding {
  return {
    severity: "info",
    code: "report-not-attached",
    message: `the report of ${deployment} is not attached to release ${release}: GitHub keeps that as it was published (immutable)`,
    hint: `sluice report ${deployment} writes it; take github.report out of sluice.yaml, or see release immutability in the settings of the repository`,
  };
}
