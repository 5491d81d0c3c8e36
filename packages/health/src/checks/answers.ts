import { type AnswersCheck, keepStart } from "@sluice/core";
import type { Attempt } from "../attempt.ts";
import { withDeadline } from "../deadline.ts";
import { connect, type DoorCall } from "../http/connection.ts";
import { type Heard, heard } from "../http/heard.ts";
import { h2Opening, httpOpening, tlsOpening } from "../http/openings.ts";
import { directRoutes, type ReachedTarget } from "../route.ts";

const names = { http: "HTTP/1", h2: "HTTP/2 without TLS", tls: "TLS", other: "no HTTP" } as const;
const openings = { http: httpOpening, h2: h2Opening } as const;

export const answersLimit = ({ protocol, port }: AnswersCheck): string => `${names[protocol]} at port ${port}`;

/** The version of the PROXY protocol that doors speak, of a connection that stands for itself. */
const proxyHeader = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";

/** Servers that speak TLS answer its beginning at once. */
const tlsMs = 2_000;

/** Enough to recognise it by. */
const shownLength = 40;

/**
 * Begins to speak as the door would, to one container of the service, from where the door is. Through the door nobody could tell an
 * answer that it made nothing of from an application that closes connections on purpose.
 */
export async function attemptAnswers(
  { exec, clock }: Pick<DoorCall, "exec" | "clock">,
  check: AnswersCheck,
  target: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const { service, port, protocol, timeoutMs, proxyProtocol } = check;
  const [found] = directRoutes(service, target, port);
  if (!found) {
    const detail = `no address of a container of ${service} is known, or no door reaches it`;
    return { result: "inconclusive", value: "no way there", detail };
  }
  const call = { exec, clock, route: { ...found, ...(proxyProtocol ? { preamble: proxyHeader } : {}) }, timeoutMs };
  const said = await begin({ ...call, signal }, openings[protocol]());
  // To plain HTTP servers of TLS answer, if anything, that it is no good request.
  const isDoubtful = said.heard === "nothing" || said.status === "400";
  if (isDoubtful && (await speaksTls({ ...call, signal }))) return judge(check, { ...said, heard: "tls" });
  return judge(check, said);
}

interface Said {
  readonly heard: Heard;
  readonly text: string;
  readonly status?: string | undefined;
  readonly complaint?: string | undefined;
}

/** Listens until it is told what it hears, or nothing comes any more. */
async function begin(call: DoorCall, opening: Uint8Array): Promise<Said> {
  await using connection = connect(call);
  let bytes = Buffer.alloc(0);
  for await (const chunk of connection.transport(opening)) {
    bytes = Buffer.concat([bytes, chunk]);
    if (heard(bytes) !== "nothing") break;
  }
  const text = bytes.toString("latin1").trimStart();
  if (heard(bytes) === "nothing") return { heard: "nothing", text, complaint: await connection.complaint() };
  return { heard: heard(bytes), text, status: / +(\d{3})/.exec(text)?.[1] };
}

async function speaksTls(call: DoorCall): Promise<boolean> {
  const opening = await tlsOpening();
  const ask = (signal: AbortSignal) => begin({ ...call, timeoutMs: tlsMs, signal }, opening);
  const timed = await withDeadline(call.clock, tlsMs, call.signal, ask, call.exec.engineMs);
  return timed.done && timed.value.heard === "tls";
}

/** Pure. */
function judge({ service, port, protocol }: AnswersCheck, { heard: spoken, text, status, complaint }: Said): Attempt {
  if (spoken === "nothing") {
    const why = complaint ?? "the connection was closed";
    const detail = `${why}: it may be well, as where it answers only to a name that it knows; services.${service}.health, or an http check, tells`;
    return { result: "inconclusive", value: "no answer", detail };
  }
  if (spoken === protocol) return { result: "pass", value: protocol === "http" ? `status ${status}` : names[protocol] };
  const isPassedOn = spoken === "tls" || spoken === "other";
  const right = isPassedOn ? "tcp" : spoken;
  const does = isPassedOn ? "pass on what it cannot read" : `speak ${names[spoken]}`;
  const begins = JSON.stringify(keepStart(text.replaceAll(/[^!-~]+/g, " ").trim(), shownLength));
  return {
    result: "fail",
    value: spoken === "other" ? `${names.other} (${begins})` : names[spoken],
    detail: `users would get errors of its door: in sluice.yaml, services.${service}.protocol: { ${port}: ${right} } has the door ${does}; where requests belong at another port, services.${service}.port says which`,
  };
}
