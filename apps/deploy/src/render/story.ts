import type { SluiceEvent } from "@sluice/core";
import type { DeploymentEnd, EventOf } from "./words.ts";

/** Lines of output that are kept for the last words. */
const keptOutput = 40;

/** What has happened so far, for those who need more than one event at a time. */
export interface Story {
  add(event: SluiceEvent): void;
  readonly start: EventOf<"deployment-start"> | null;
  readonly planned: EventOf<"plan">["steps"];
  readonly ended: readonly EventOf<"step-end">[];
  readonly findings: readonly EventOf<"finding">["finding"][];
  readonly verdicts: readonly EventOf<"verdict">["verdict"][];
  readonly rehearsals: readonly EventOf<"rehearsal">["rehearsal"][];
  readonly errors: readonly EventOf<"error">[];
  /** The last lines that children and containers wrote. */
  readonly output: readonly EventOf<"output-line">[];
  readonly end: DeploymentEnd | null;
}

export function createStory(): Story {
  const story = emptyStory();
  return Object.assign(story, {
    add(event: SluiceEvent) {
      switch (event.type) {
        case "deployment-start":
          // What came before belongs to an attempt that was finished or undone first; its findings stay.
          Object.assign(story, { ...emptyStory(), findings: story.findings, start: event });
          break;
        case "plan":
          story.planned = event.steps;
          break;
        case "finding":
          story.findings.push(event.finding);
          break;
        case "step-end":
          story.ended.push(event);
          break;
        case "verdict":
          story.verdicts.push(event.verdict);
          break;
        case "rehearsal":
          story.rehearsals.push(event.rehearsal);
          break;
        case "error":
          story.errors.push(event);
          break;
        case "output-line":
          story.output.push(event);
          if (story.output.length > keptOutput) story.output.shift();
          break;
        case "deployment-end":
          story.end = event;
          break;
        case "order":
        case "person-wanted":
        case "step-start":
        case "step-progress":
        case "share-change":
          break;
      }
    },
  });
}

function emptyStory() {
  return {
    start: null as Story["start"],
    planned: [] as Story["planned"],
    ended: [] as EventOf<"step-end">[],
    findings: [] as EventOf<"finding">["finding"][],
    verdicts: [] as EventOf<"verdict">["verdict"][],
    rehearsals: [] as EventOf<"rehearsal">["rehearsal"][],
    errors: [] as EventOf<"error">[],
    output: [] as EventOf<"output-line">[],
    end: null as DeploymentEnd | null,
  };
}
