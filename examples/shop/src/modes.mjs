import { setTimeout as sleep } from "node:timers/promises";
import { release } from "./version.mjs";

/** What a bad version does wrong. `good` does nothing wrong. */
export const misbehaviour = {
  /** Exits during the start, with a word in the log. */
  duringStart() {
    if (release.mode !== "crashstart") return;
    console.error("shop: cannot read the price list: file not found");
    process.exit(1);
  },

  afterStart() {
    if (release.mode === "crash") setTimeout(() => process.exit(7), 20_000);
  },

  isUnhealthy: () => release.mode === "unhealthy",

  /** Whether this request is answered with a 500: only pages and the API are, never the health check. */
  fails(path) {
    const isShop = path === "/" || path === "/products" || path.startsWith("/api/");
    if (release.mode === "err20") return isShop && Math.random() < 0.2;
    return release.mode === "errroute" && path.startsWith("/api/products");
  },

  /** Milliseconds that a request takes longer: far more than twice as long at the 95th percentile. */
  extraMs: () => (release.mode === "slow" ? 30 + Math.random() * 300 : 0),

  /** Waits once more for as long as the request has taken. */
  async dawdles(beganAt) {
    if (release.mode === "slow2x") await sleep(performance.now() - beganAt);
  },

  /** Something goes wrong after the answer: nobody but the log knows. */
  mentions() {
    if (release.mode === "errlog" && Math.random() < 0.2) console.error("ERROR: the order mail cannot be sent");
  },

  leak: (() => {
    const kept = [];
    return () => {
      if (release.mode === "leak") kept.push(Buffer.alloc(200_000, 1));
    };
  })(),
};
