import type { CertificateCheck, Clock } from "@sluice/core";
import { isSluiceError } from "@sluice/core";
import type { Attempt } from "../attempt.ts";
import type { ProbeExec } from "../probe-exec.ts";
import type { ReachedTarget } from "../route.ts";
import { openTunnel, type Tunnel } from "../tunnel.ts";

/** What a server showed. */
export interface ShownCertificate {
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Why it is not to be trusted for the host; `null` where it is. */
  readonly distrust: string | null;
}

const dayMs = 86_400_000;

export function certificateLimit({
  host,
  minDays,
  trusted,
}: Pick<CertificateCheck, "host" | "minDays" | "trusted">): string {
  return `valid for at least ${minDays} days${trusted ? `, trusted for ${host}` : ""}`;
}

/** A handshake from a door's container, or from beside one of the service. */
export async function attemptCertificate(
  exec: ProbeExec,
  clock: Clock,
  check: CertificateCheck,
  { doors, beside }: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const from = doors[check.service] ?? Object.values(doors)[0] ?? beside?.[0];
  if (!from) return { result: "inconclusive", value: "no way there", detail: "there is no door to connect from" };
  const { host, port, timeoutMs } = check;
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1_000));
  const tunnel = await openTunnel(exec, from.container, `TCP:${host}:${port},connect-timeout=${seconds}`, signal);
  try {
    return judgeCertificate(check, await shake(tunnel, host), clock.now());
  } catch (error) {
    signal.throwIfAborted();
    if (isSluiceError(error)) throw error;
    const detail = (await tunnel.complaint()) ?? (error as Error).message;
    return { result: "fail", value: "no TLS connection", detail };
  } finally {
    tunnel.stream.destroy();
  }
}

/** Pure. */
export function judgeCertificate(
  { minDays, trusted }: Pick<CertificateCheck, "minDays" | "trusted">,
  { validFrom, validTo, distrust }: ShownCertificate,
  now: Date,
): Attempt {
  const days = Math.floor((validTo.getTime() - now.getTime()) / dayMs);
  const date = validTo.toISOString().slice(0, 10);
  if (days < 0) return { result: "fail", value: `expired on ${date}` };
  if (validFrom > now) return { result: "fail", value: `not valid before ${validFrom.toISOString()}` };
  const value = `valid for ${days} days, until ${date}`;
  if (days < minDays) return { result: "fail", value };
  if (trusted && distrust !== null) return { result: "fail", value: `${value}, not trusted`, detail: distrust };
  return { result: "pass", value };
}

/** Looks at what is shown, also where it is not to be trusted: that is said after. */
async function shake({ stream }: Tunnel, host: string): Promise<ShownCertificate> {
  const { checkServerIdentity, connect } = await import("node:tls");
  const name = host.replaceAll(/[[\]]/g, "");
  const isAddress = /^[\d.]+$/.test(name) || name.includes(":");
  const socket = connect({ socket: stream, rejectUnauthorized: false, ...(isAddress ? {} : { servername: name }) });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("the connection was closed")));
    });
    const certificate = socket.getPeerCertificate();
    const identity = checkServerIdentity(name, certificate);
    const chain = socket.authorized ? null : String(socket.authorizationError ?? "its authority is not known");
    return {
      validFrom: new Date(certificate.valid_from),
      validTo: new Date(certificate.valid_to),
      distrust: identity?.message ?? chain,
    };
  } finally {
    socket.on("error", () => undefined).destroy();
  }
}
