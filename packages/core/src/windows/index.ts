export * from "./format-in-zone.ts";
export * from "./planned-moment.ts";
export * from "./suggest-windows.ts";
export * from "./window-state.ts";
