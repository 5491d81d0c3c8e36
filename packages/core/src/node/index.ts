// What needs Node. All else of this package runs anywhere.
export { systemClock } from "./system-clock.ts";
