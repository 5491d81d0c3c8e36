import { assertReleaseTag, type ReleaseRequest, SluiceError } from "@sluice/core";
import * as z from "zod";

export interface ReleaseEventOptions {
  /** What `GITHUB_EVENT_NAME` says it is. Default, also where it is empty: told by the keys of the event. */
  readonly eventName?: string | undefined;
  /** Default `false`: a prerelease is refused. */
  readonly allowPrerelease?: boolean | undefined;
}

/** An event that asks for nothing: the run ends well without a deployment. */
export interface IgnoredEvent {
  readonly ignored: string;
}

/** `released`: a prerelease has become a full release, which is not published once more. */
const askingActions: readonly string[] = ["published", "released"];

const releaseEvent = z.lazy(() =>
  z.looseObject({
    action: z.string(),
    release: z.looseObject({
      tag_name: z.string().min(1),
      draft: z.boolean().default(false),
      prerelease: z.boolean().default(false),
    }),
  }),
);
const asked = z.lazy(() => z.looseObject({ release: z.string().optional(), tag: z.string().optional() }).nullish());
const dispatchEvent = z.lazy(() => z.looseObject({ ref: z.string().optional(), inputs: asked }));
const repositoryDispatchEvent = z.lazy(() => z.looseObject({ client_payload: asked }));
const pushEvent = z.lazy(() =>
  z.looseObject({ ref: z.string(), after: z.string(), deleted: z.boolean().default(false) }),
);

/**
 * Which release an event of GitHub asks for: the text of the file that `GITHUB_EVENT_PATH` names. Understood are
 * `release` (published, or a prerelease that was released), `workflow_dispatch` and `repository_dispatch` with an input `release` or `tag` (or run on a tag),
 * and the push of a tag. The event knows no commit for sure: compare the tag with the checkout.
 *
 * @throws SluiceError EVENT_INVALID, RELEASE_REFUSED for a prerelease, NAME_INVALID for a tag that cannot be used
 */
export function readReleaseEvent(
  text: string,
  { eventName, allowPrerelease = false }: ReleaseEventOptions = {},
): ReleaseRequest | IgnoredEvent {
  const event = parseJson(text);
  switch (eventName || nameByKeys(event)) {
    case "release":
      return fromRelease(checked(releaseEvent, event, "release"), allowPrerelease);
    case "repository_dispatch":
      return fromInputs(
        checked(repositoryDispatchEvent, event, "repository_dispatch").client_payload,
        "client_payload",
      );
    case "workflow_dispatch": {
      const { inputs, ref } = checked(dispatchEvent, event, "workflow_dispatch");
      return fromInputs(inputs, "inputs", tagOfRef(ref));
    }
    case "push":
      return fromPush(checked(pushEvent, event, "push"));
    default:
      throw invalid(
        `${eventName || "it"} is none of release, workflow_dispatch, repository_dispatch and the push of a tag`,
      );
  }
}

/** By hand an event may be given without its name. Empty where it is none that is understood. */
function nameByKeys(event: Readonly<Record<string, unknown>>): string {
  if ("release" in event) return "release";
  if ("client_payload" in event) return "repository_dispatch";
  if ("workflow" in event && "inputs" in event) return "workflow_dispatch";
  return "ref" in event && "after" in event ? "push" : "";
}

function fromRelease({ action, release }: z.output<typeof releaseEvent>, allowPrerelease: boolean) {
  const { tag_name: tag, draft, prerelease } = release;
  if (!askingActions.includes(action)) {
    return { ignored: `release ${tag} was ${action}: only published ones are deployed` };
  }
  if (draft) return { ignored: `release ${tag} is a draft` };
  if (prerelease && !allowPrerelease) {
    throw new SluiceError("RELEASE_REFUSED", `release ${tag} is a prerelease`, {
      hint: "publish it as a full release, or set releases.allowPrerelease: true for this environment",
    });
  }
  return request(tag);
}

function fromInputs(inputs: z.output<typeof asked>, where: string, fallback?: string): ReleaseRequest {
  const tag = inputs?.release || inputs?.tag || fallback;
  if (tag) return request(tag);
  throw invalid(`${where}.release (or ${where}.tag) must name the release, and it does not`);
}

function fromPush({ ref, deleted }: z.output<typeof pushEvent>): ReleaseRequest | IgnoredEvent {
  const tag = tagOfRef(ref);
  if (!tag) throw invalid(`it is a push to ${ref}, not of a tag`);
  return deleted ? { ignored: `tag ${tag} was deleted` } : request(tag);
}

function tagOfRef(ref: string | undefined): string | undefined {
  return ref?.startsWith("refs/tags/") ? ref.slice("refs/tags/".length) : undefined;
}

function request(tag: string): ReleaseRequest {
  return { tag: assertReleaseTag(tag), commit: null, dirty: false, source: "event" };
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid("it is no JSON", cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid("it is no JSON object");
}

function checked<T extends z.ZodType>(schema: T, event: unknown, name: string): z.output<T> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw invalid(`as a ${name} event it is wrong: ${problems.join("; ")}`, parsed.error);
}

function invalid(reason: string, cause?: unknown): SluiceError {
  return new SluiceError("EVENT_INVALID", `the GitHub event cannot be used: ${reason}`, {
    hint: "run on `release: types: [published]`, give a workflow_dispatch an input named release, or name the release with --release TAG",
    cause,
  });
}
