export * from "./planned-moment.ts";
export * from "./suggest-windows.ts";
export * from "./window-state.ts";
