import { fillTemplate, type SentryAccess } from "@sluice/core";
import { getText } from "../http/get-text.ts";
import type { References } from "../references.ts";

export type SentryAnswer =
  | { readonly status: number; readonly json: unknown; readonly link: string; readonly failure?: undefined }
  | { readonly failure: string };

/** Calls of Sentry's web API (https://docs.sentry.io/api/), below the organization. Never throws for what a server does. */
export type SentryClient = (
  request: { readonly method: "GET" | "POST"; readonly path: string; readonly body?: unknown },
  signal: AbortSignal,
) => Promise<SentryAnswer>;

export function createSentryClient(references: References, { url, organization, token }: SentryAccess): SentryClient {
  return async ({ method, path, body }, signal) => {
    const filled = references.fill({ url, token });
    if (filled.missing !== undefined) return { failure: `${filled.missing} is not set in the environment` };
    const { url: base, token: bearer } = filled.value;
    const answer = await getText(
      `${base.replace(/\/+$/, "")}/api/0/organizations/${encodeURIComponent(organization)}/${path}`,
      {
        method,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      signal,
    );
    if (answer.failure !== undefined) return { failure: references.redact(answer.failure) };
    const { status, text, headers } = answer;
    const json = parse(text);
    if (status >= 200 && status < 300) return { status, json, link: headers.get("link") ?? "" };
    return { failure: references.redact(`status ${status}${detailOf(json)}`) };
  };
}

/** What the application calls the release. */
export function sentryVersion(access: SentryAccess, names: Readonly<Record<"release" | "stack", string>>): string {
  return fillTemplate(access.release, (name) => (name === "release" || name === "stack" ? names[name] : ""));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function detailOf(json: unknown): string {
  const detail = (json as { detail?: unknown } | null | undefined)?.detail;
  return typeof detail === "string" ? `: ${detail}` : "";
}
