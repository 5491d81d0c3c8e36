import type { Redact } from "./redactor.ts";

/** Errors have causes, and those have causes; somewhere it is enough. */
const deepest = 8;

/**
 * Masks what is secret in an error, its stack and its causes: what a tool or an engine says may quote it, and errors go to
 * terminals, logs and people. It stays the same error, so that whoever waits for its identity finds it.
 */
export function maskError(error: unknown, redact: Redact, depth = 0): void {
  if (!(error instanceof Error) || depth > deepest) return;
  for (const key of Object.getOwnPropertyNames(error)) {
    const property = Object.getOwnPropertyDescriptor(error, key);
    // Of some errors the stack is made when it is read.
    const text: unknown = Reflect.get(error, key);
    if (typeof text !== "string" || property?.configurable !== true) continue;
    const value = redact(text);
    if (value === text) continue;
    Object.defineProperty(error, key, {
      value,
      configurable: true,
      writable: true,
      enumerable: property.enumerable === true,
    });
  }
  maskError(error.cause, redact, depth + 1);
  if (error instanceof AggregateError) for (const one of error.errors) maskError(one, redact, depth + 1);
}
