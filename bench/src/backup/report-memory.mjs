// Loaded before a command whose memory is asked for (`node --import`): writes the most that it ever had, in bytes. Not in
// TypeScript, which would take memory of its own to be read.
import { writeFileSync } from "node:fs";

const file = process.env.BENCH_MEMORY_FILE;
if (file) process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS * 1_024)));
