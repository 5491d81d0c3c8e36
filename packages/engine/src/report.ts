import { isSluiceError, messageOf } from "@sluice/core";
import { type Emitter, emit } from "./scope.ts";

/** Code and message of whatever was thrown. */
export function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (isSluiceError(error)) return { code: error.code, message: error.message };
  return { code: "INTERNAL", message: messageOf(error) };
}

/** Says an error once, where it is handled. */
export function report(scope: Emitter, error: unknown): void {
  const { code, message } = describe(error);
  const { hint, detail } = isSluiceError(error) ? error : {};
  emit(scope, { type: "error", code, message, ...(hint ? { hint } : {}), ...(detail ? { detail } : {}) });
}
