export * from "./suggest-windows.ts";
export * from "./window-state.ts";
