import type { ObservedStack, ReleaseBundle, Serving } from "@sluice/core";
import {
  type FoundServing,
  findServing as findServingOf,
  type SeenStack,
  seeStack as seeStackOf,
  servingNow as servingNowOf,
} from "@sluice/engine";
import type { Session } from "../session.ts";

const given = (session: Session, signal?: AbortSignal) => Promise.all([session.known(signal), session.ports()]);

/** As the engine sees the stack of a session. @throws SluiceError ENGINE_UNREACHABLE */
export async function seeStack(session: Session, signal?: AbortSignal): Promise<SeenStack> {
  const [known, ports] = await given(session, signal);
  return seeStackOf(known, ports, signal);
}

/** As the engine finds what serves of the stack of a session. @throws SluiceError ENGINE_UNREACHABLE */
export async function findServing(session: Session, signal?: AbortSignal): Promise<FoundServing | null> {
  const [known, ports] = await given(session, signal);
  return findServingOf(known, ports, signal);
}

/** As the engine tells what serves, of what was observed for the project of a session. */
export async function servingNow(
  session: Session,
  seen: { readonly observed: ObservedStack; readonly bundles: readonly ReleaseBundle[] },
  signal?: AbortSignal,
): Promise<Serving | null> {
  const [known, ports] = await given(session, signal);
  return servingNowOf(known, seen, ports, signal);
}
