/** A route of Caddy's JSON configuration: what must hold of a request, and what is done with it then. */
export interface Route {
  readonly match?: readonly object[];
  readonly handle: readonly object[];
  readonly terminal?: boolean;
}

/** One set of conditions, all of which must hold. */
export function when(match: object, handle: readonly object[]): Route {
  return { match: [match], handle };
}

/** A request that it takes goes no further. */
export function atLast(route: Route): Route {
  return { ...route, terminal: true };
}
