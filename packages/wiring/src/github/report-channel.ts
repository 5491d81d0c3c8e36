import type { Channel } from "@sluice/notify";
import { createReleaseDesk } from "@sluice/release";
import { attemptOf, tellableEndings } from "./github-channel.ts";
import type { OpenedGithub } from "./open-github.ts";

/**
 * Attaches the report of a deployment to its release, as a page; told as people are, so that what cannot be attached
 * waits in the outbox. A deployment without a release on GitHub has nowhere to attach it.
 *
 * @param reportOf the page of a deployment
 * @param directory the checkout
 */
export function reportChannel(
  { github }: OpenedGithub,
  reportOf: (deployment: string) => Promise<string>,
  directory: string,
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
        await desk.attach(release, { name: `sluice-${deployment}.html`, type: "text/html", content }, signal);
        return { result: "delivered" };
      } catch (error) {
        return attemptOf(error);
      }
    },
  };
}
