import { type Clock, type ContainerExec, formatDuration, type HttpCheck, type ProbeTarget } from "@sluice/core";
import type { Attempt } from "../attempt.ts";
import { formatRequest } from "../http/format-request.ts";
import { type HttpResponse, parseResponse } from "../http/parse-response.ts";

/** Enough of an answer to recognise it by. */
const shownBody = 300;

export function httpLimit({ expect }: HttpCheck): string {
  const parts = [expect.status.length > 0 ? `status ${expect.status.join(" or ")}` : "status 200 to 399"];
  if (expect.body !== undefined) parts.push(`body with ${JSON.stringify(expect.body)}`);
  for (const [name, value] of Object.entries(expect.headers))
    parts.push(value ? `${name}: ${value}` : `a ${name} header`);
  if (expect.maxMs !== undefined) parts.push(`within ${formatDuration(expect.maxMs)}`);
  return parts.join(", ");
}

/** One request from inside the door's container through its own port: the way that users take. */
export async function attemptHttp(
  exec: ContainerExec,
  clock: Clock,
  check: HttpCheck,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const door = target.doors[check.service];
  if (!door)
    return {
      result: "inconclusive",
      value: "no door",
      detail: `service ${check.service} has no HTTP door to go through`,
    };
  const seconds = Math.max(1, Math.ceil(check.timeoutMs / 1_000));
  const begin = clock.monotonicMs();
  const { stdout, stderr } = await exec.exec(
    door.container,
    ["socat", `-t${seconds}`, "-", `TCP:127.0.0.1:${door.port},connect-timeout=${seconds}`],
    { stdin: formatRequest(check, door, target.slot), signal },
  );
  const elapsedMs = clock.monotonicMs() - begin;
  const response = parseResponse(stdout);
  if (!response)
    return {
      result: "fail",
      value: stdout.length === 0 ? "no answer" : "no HTTP answer",
      detail: stderr.trim() || undefined,
    };
  return judgeResponse(check, response, elapsedMs);
}

export function judgeResponse(
  { expect }: HttpCheck,
  { status, headers, body }: HttpResponse,
  elapsedMs: number,
): Attempt {
  const detail = body.slice(0, shownBody) || undefined;
  const statusFits = expect.status.length > 0 ? expect.status.includes(status) : status >= 200 && status < 400;
  if (!statusFits) return { result: "fail", value: `status ${status}`, detail };
  if (expect.body !== undefined && !body.includes(expect.body))
    return { result: "fail", value: `status ${status}, another body`, detail };
  for (const [name, wanted] of Object.entries(expect.headers)) {
    const got = headers[name];
    if (got === undefined) return { result: "fail", value: `status ${status}, no ${name} header`, detail };
    if (wanted && got !== wanted) return { result: "fail", value: `${name}: ${got}`, detail };
  }
  const rounded = Math.round(elapsedMs);
  if (expect.maxMs !== undefined && elapsedMs > expect.maxMs)
    return { result: "fail", value: `status ${status} after ${rounded} ms`, detail };
  return { result: "pass", value: `status ${status} in ${rounded} ms` };
}
