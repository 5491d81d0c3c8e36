/** What Sluice wrote into the payload of a deployment. */
export interface Payload {
  readonly deployment: string;
  readonly stack: string;
  readonly audit?: unknown;
}

/** GitHub gives a payload back as an object or as its text; `undefined` for one that is another's. Pure. */
export function ofSluice(payload: unknown): Payload | undefined {
  const value = typeof payload === "string" ? parsed(payload) : payload;
  const { sluice } = (value ?? {}) as { readonly sluice?: Readonly<Record<string, unknown>> };
  const { deployment, stack, audit } = sluice ?? {};
  return typeof deployment === "string" && typeof stack === "string" ? { deployment, stack, audit } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
