export * from "./deployer.ts";
