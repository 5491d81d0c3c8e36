export {
  type Configuration,
  type EngineSignal,
  type SecondEngine,
  type SecondEngineOptions,
  startSecondEngine,
} from "./second-engine.ts";
export { whyNoSecondEngine } from "./why-none.ts";
