import { SluiceError } from "@sluice/core";
import * as z from "zod";

export interface ReleaseEvent {
  readonly tag: string;
  /** Who published it; `null` where the event does not say. */
  readonly actor: string | null;
  /** Page of the release. */
  readonly url: string | null;
}

export type EventReading = ReleaseEvent | { readonly ignored: string };

const sender = z.looseObject({ login: z.string() }).optional();

const releaseEvent = z.looseObject({
  action: z.string(),
  release: z.looseObject({
    tag_name: z.string().min(1),
    draft: z.boolean(),
    prerelease: z.boolean(),
    html_url: z.string().optional(),
  }),
  sender,
});

const dispatchEvent = z.looseObject({
  inputs: z.record(z.string(), z.unknown()).nullish(),
  client_payload: z.record(z.string(), z.unknown()).nullish(),
  sender,
});

/**
 * Reads the event file of a GitHub workflow run (`GITHUB_EVENT_PATH`): a published release, or a `workflow_dispatch` or
 * `repository_dispatch` that names one as `release` or `tag`. Drafts and other actions are ignored, with the reason.
 *
 * @throws SluiceError EVENT_INVALID, or RELEASE_REFUSED for a prerelease that is not allowed
 */
export function readReleaseEvent(
  text: string,
  { allowPrerelease }: { readonly allowPrerelease: boolean },
): EventReading {
  const event = parseJson(text);
  if (typeof event === "object" && event !== null && "release" in event) return readRelease(event, allowPrerelease);
  const dispatch = dispatchEvent.safeParse(event);
  const given = { ...dispatch.data?.client_payload, ...dispatch.data?.inputs };
  const tag = given["release"] ?? given["tag"];
  if (typeof tag === "string" && tag !== "") return { tag, actor: dispatch.data?.sender?.login ?? null, url: null };
  throw new SluiceError("EVENT_INVALID", "the event names no release", {
    hint: "trigger the workflow by `release: published`, or pass an input `release` with the tag (or use --release TAG)",
  });
}

function readRelease(event: object, allowPrerelease: boolean): EventReading {
  const parsed = releaseEvent.safeParse(event);
  if (!parsed.success) {
    throw new SluiceError("EVENT_INVALID", `the release event cannot be read: ${z.prettifyError(parsed.error)}`, {
      hint: "GITHUB_EVENT_PATH must name the file that GitHub wrote for this run",
    });
  }
  const { action, release, sender: by } = parsed.data;
  if (release.draft) return { ignored: `release ${release.tag_name} is a draft` };
  if (action !== "published")
    return { ignored: `release ${release.tag_name} was ${action}; only published ones are deployed` };
  if (release.prerelease && !allowPrerelease) {
    throw new SluiceError("RELEASE_REFUSED", `release ${release.tag_name} is a prerelease`, {
      hint: "set releases.allowPrerelease in sluice.yaml (for an environment, if not for all)",
    });
  }
  return { tag: release.tag_name, actor: by?.login ?? null, url: release.html_url ?? null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SluiceError("EVENT_INVALID", `the event file is not JSON: ${(cause as Error).message}`, { cause });
  }
}
