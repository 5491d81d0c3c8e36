import { maskError, type Redact } from "@sluice/core";
import { withMethods } from "../with-methods.ts";

/**
 * The same object, whose methods fail with masked errors: those that return promises, async iterables, and objects of such
 * methods. What they return is what `withMaskedResults` is for.
 */
export function withMaskedErrors<T extends object>(target: T, redact: Redact): T {
  const failed = (error: unknown): never => {
    maskError(error, redact);
    throw error;
  };
  return withMethods(target, (method) => (...args) => {
    try {
      const result = method(...args);
      if (result instanceof Promise) return result.catch(failed);
      return isAsyncIterable(result) ? iterating(result, failed) : result;
    } catch (error) {
      return failed(error);
    }
  });
}

async function* iterating(items: AsyncIterable<unknown>, failed: (error: unknown) => never): AsyncGenerator<unknown> {
  try {
    yield* items;
  } catch (error) {
    failed(error);
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
