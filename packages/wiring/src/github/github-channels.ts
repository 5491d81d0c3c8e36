import { type Config, createEvent, type Finding } from "@sluice/core";
import type { Channel } from "@sluice/notify";
import type { Session } from "../session.ts";
import { githubChannel } from "./github-channel.ts";
import type { OpenedGithub } from "./open-github.ts";
import { reportChannel } from "./report-channel.ts";

/** What GitHub is told at the end of a deployment: how it ended, and its report where that is wanted. */
export function githubChannels(session: Session, { github: config }: Config, opened: OpenedGithub): readonly Channel[] {
  const { github, reporter, place } = opened;
  const reportOf = async (deployment: string) => {
    const [{ renderHtml }, { readReport }] = await Promise.all([import("../record/pages.ts"), import("../report.ts")]);
    return renderHtml(await readReport(session, deployment));
  };
  // Before the end of a deployment that is told, which comes last.
  const say = (finding: Finding) =>
    session.lastWord.aside(createEvent(session.clock.now(), { type: "finding", finding }));
  return [
    ...(reporter ? [githubChannel(github.host, reporter, place)] : []),
    ...(config.report ? [reportChannel(opened, reportOf, session.options.directory, say)] : []),
  ];
}
