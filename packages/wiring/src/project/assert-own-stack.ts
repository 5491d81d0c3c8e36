import type { Session } from "../session.ts";

/**
 * What is removed by what a home knows must be of a stack that belongs to it: an old home knows nothing of what is needed by now.
 * A stack that belongs to nobody stays so.
 *
 * @throws SluiceError HOME_MISMATCH, ENGINE_UNREACHABLE
 */
export async function assertOwnStack(
  session: Pick<Session, "facts" | "ports"> & { runtime(): Pick<ReturnType<Session["runtime"]>, "claims"> },
): Promise<void> {
  const { stack, homeId } = await session.facts();
  if ((await session.runtime().claims.read(stack)) === null) return;
  await (await session.ports()).base.claim(stack, homeId);
}
