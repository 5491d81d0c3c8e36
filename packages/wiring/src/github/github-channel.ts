import { endings, messageOf } from "@sluice/core";
import type { Attempt, Channel } from "@sluice/notify";
import { type DeploymentReporter, GithubError } from "@sluice/release";
import type { GithubPlace } from "./open-github.ts";
import { shownAtEnd } from "./shown.ts";

/** One that the window refused never began. */
export const tellableEndings = endings.filter((ending) => ending !== "window-closed" && ending !== "waits-for-person");

/**
 * Deployments on GitHub, told as people are: what cannot be told waits in the outbox. May be repeated, as what GitHub
 * shows already is looked for first.
 */
export function githubChannel(host: string, reporter: DeploymentReporter, place: GithubPlace): Channel {
  return {
    // No name of a configured channel has upper-case letters.
    name: "GitHub",
    place: host,
    on: tellableEndings,
    isRepeatable: true,
    async send({ notification, message }, signal) {
      const shown = shownAtEnd(notification, message, place);
      if (!shown) return { result: "delivered" };
      try {
        await reporter.show(shown.deployment, shown.states, signal);
        return { result: "delivered" };
      } catch (error) {
        return attemptOf(error);
      }
    },
  };
}

/** What a failed call means for what was to be told. */
export function attemptOf(error: unknown): Attempt {
  if (!(error instanceof GithubError)) {
    const reason = messageOf(error);
    return { result: "retry", reason };
  }
  const { message, hint, retryable, afterMs } = error;
  if (retryable) return { result: "retry", reason: message, ...(afterMs === undefined ? {} : { afterMs }) };
  return { result: "refused", reason: hint ? `${message} (${hint})` : message };
}
