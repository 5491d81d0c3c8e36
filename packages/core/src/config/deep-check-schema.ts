import * as z from "zod";
import type { CertificateCheck, LoadCheck, ReachableCheck } from "../model/check.ts";
import { duration, timeSpan } from "./duration-schema.ts";
import { checkHeaders, checkPath, method, statuses } from "./http-schema.ts";
import { checkText } from "./reference-schema.ts";

/** Longer ones would hold a deployment up for minutes; that is a load test, and a `command`. */
const longestLoadMs = 120_000;

const loadSchema = z.lazy(() =>
  z.strictObject({
    method: method.default("GET"),
    path: checkPath,
    headers: checkHeaders.default({}),
    body: checkText.optional(),
    /** Requests a second. */
    rate: z.number().min(1).max(500).default(20),
    for: duration.refine((ms) => ms >= 1_000 && ms <= longestLoadMs, "expected 1s to 2m").default(10_000),
    connections: z.int().min(1).max(64).default(8),
    expect: z
      .strictObject({
        status: statuses.optional(),
        /** Percent. */
        errors: z.number().min(0).max(100).default(0),
        p50: timeSpan.optional(),
        p95: timeSpan.optional(),
        p99: timeSpan.optional(),
      })
      .prefault({}),
  }),
);

const host = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])`;

const certificateSchema = z.lazy(() =>
  z.strictObject({
    host: z.string().regex(new RegExp(`^${host}$`), "expected the name of a host"),
    port: z.int().min(1).max(65_535).default(443),
    minDays: z.number().min(0).default(14),
    trusted: z.boolean().default(true),
  }),
);

/** `host:port`, as socat takes it; nothing of it can be anything else to socat. */
const reachableSchema = z.lazy(() =>
  z
    .array(
      z
        .string()
        .regex(new RegExp(`^${host}:[0-9]{1,5}$`), { error: "expected host:port", abort: true })
        .refine(hasPort, "expected a port from 1 to 65535"),
    )
    .min(1)
    .max(40),
);

function hasPort(target: string): boolean {
  const port = Number(target.slice(target.lastIndexOf(":") + 1));
  return port >= 1 && port <= 65_535;
}

/** Kinds of checks that need more than one request. */
export const deepKinds = {
  load: loadSchema.optional(),
  certificate: certificateSchema.optional(),
  reachable: reachableSchema.optional(),
};

type Deep<Kind extends keyof typeof deepKinds> = NonNullable<z.output<(typeof deepKinds)[Kind]>>;
type Own<Check extends { readonly type: string }> = Omit<Check, "service" | "successes" | "retries" | "onNoData">;

/** What starting takes on a busy machine, beside the work itself. */
const startMs = 10_000;

/** @param timeout of one request */
export function loadCheck(name: string | undefined, load: Deep<"load">, timeout: number): Own<LoadCheck> {
  const { expect, for: durationMs, ...request } = load;
  const { status, errors, p50, p95, p99 } = expect;
  return {
    ...request,
    type: "load",
    name: name ?? `load of ${load.path}`,
    durationMs,
    requestTimeoutMs: timeout,
    timeoutMs: durationMs + timeout + startMs,
    expect: { status: status === undefined ? [] : [status].flat(), errors, p50Ms: p50, p95Ms: p95, p99Ms: p99 },
  };
}

export function certificateCheck(
  name: string | undefined,
  certificate: Deep<"certificate">,
  timeoutMs: number,
): Own<CertificateCheck> {
  return { ...certificate, type: "certificate", name: name ?? `certificate of ${certificate.host}`, timeoutMs };
}

/** @param timeout of one connection */
export function reachableCheck(
  name: string | undefined,
  targets: Deep<"reachable">,
  timeout: number,
): Own<ReachableCheck> {
  const shown = name ?? `reaches ${targets.join(", ")}`;
  return { type: "reachable", name: shown, targets, connectMs: timeout, timeoutMs: timeout + startMs };
}
