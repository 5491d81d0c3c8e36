/** What the load generator sends, and its bounds. Times in milliseconds, rates per second. */
export interface LoadProfile {
  /** Origin of the system under load, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly clients: number;
  readonly keepAlive: boolean;
  /** Ordinary requests, sent at fixed due times whether or not earlier ones were answered. */
  readonly ratePerSecond: number;
  /** Paths of the GETs, chosen at random with the profile's seed. */
  readonly paths: readonly string[];
  /** Part of the ordinary requests, 0 to 1, that are orders. */
  readonly orderShare: number;
  readonly orderPath: string;
  /** Requests that take long, at due times of their own. */
  readonly slow: readonly { readonly path: string; readonly ratePerSecond: number }[];
  /** As many clients ask this again as soon as they have an answer. */
  readonly polls: { readonly path: string; readonly clients: number };
  readonly sockets: { readonly path: string; readonly clients: number };
  /** A request without a complete answer after this time has failed. */
  readonly timeoutMs: number;
  readonly maxDurationMs: number;
  readonly maxRequests: number;
  readonly seed: number;
}

/** The load of the benches: 100 requests/s of 40 clients, 20 % orders, slow requests, long polls and WebSockets. */
export const shopLoad = (url: string, overrides: Partial<LoadProfile> = {}): LoadProfile => ({
  url,
  clients: 40,
  keepAlive: true,
  ratePerSecond: 100,
  paths: ["/", "/products", "/api/products", "/version"],
  orderShare: 0.2,
  orderPath: "/api/orders",
  slow: [{ path: "/slow?ms=2000", ratePerSecond: 2 }],
  polls: { path: "/poll", clients: 3 },
  sockets: { path: "/ws", clients: 3 },
  timeoutMs: 30_000,
  maxDurationMs: 300_000,
  maxRequests: 200_000,
  seed: 1,
  ...overrides,
});
