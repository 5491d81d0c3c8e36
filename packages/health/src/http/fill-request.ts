import type { Attempt } from "../attempt.ts";
import type { Filled, References } from "../references.ts";
import type { HttpRequest } from "./exchange.ts";

/** A request with what its references stand for, or the name of one that is not set. Inside a path a value is encoded. */
export function filledRequest(
  { method, path, headers, body }: HttpRequest,
  references: Pick<References, "fill">,
): Filled<HttpRequest> {
  const way = references.fill({ path }, encodeURIComponent);
  if (way.missing !== undefined) return way;
  const rest = references.fill({ headers, body: body ?? "" });
  if (rest.missing !== undefined) return rest;
  const given = body === undefined ? {} : { body: rest.value.body };
  return { value: { method, path: way.value.path, headers: rest.value.headers, ...given } };
}

/** A check that lacks a variable of the environment. */
export function notSent(missing: string): Attempt {
  return { result: "inconclusive", value: "not sent", detail: `${missing} is not set in the environment` };
}
