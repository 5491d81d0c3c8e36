import { createHash } from "node:crypto";
import type { Environment } from "../engine/endpoint.ts";
import { composeIdentity } from "./compose-installation.ts";

/** Remembers texts between two runs. A failure of either call is taken for "not known". */
export interface Memo {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
}

export interface MemoHolder {
  readonly env: Environment;
  readonly memo?: Memo | undefined;
}

/**
 * What Compose answers to `input`, from the memo where the very same Compose was asked before. Only for answers that
 * depend on nothing but Compose and the input; the key is a hash of both.
 */
export async function remembered(
  { env, memo }: MemoHolder,
  question: string,
  input: string,
  ask: () => Promise<string>,
): Promise<string> {
  const identity = memo ? composeIdentity(env) : null;
  if (!memo || identity === null) return ask();
  const key = createHash("sha256")
    .update(JSON.stringify([question, identity, input]))
    .digest("hex");
  const known = await memo.get(key).catch(() => undefined);
  if (known !== undefined) return known;
  const answer = await ask();
  await memo.set(key, answer).catch(() => undefined);
  return answer;
}
