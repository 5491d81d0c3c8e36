export * from "./a-config.ts";
export * from "./a-project.ts";
export * from "./a-release.ts";
export * from "./a-service.ts";
export * from "./a-stack.ts";
