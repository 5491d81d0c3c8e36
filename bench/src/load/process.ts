// The load generator's own process: its event loop does nothing else, so that what it measures is not its parent's work.
import { type Generator, generateLoad } from "./generate.ts";
import type { LoadCommand, LoadReply } from "./messages.ts";

let generator: Generator | undefined;
const reply = (message: LoadReply, onSent = () => {}) => process.send?.(message, onSent);

process.on("message", (command: LoadCommand) => {
  switch (command.type) {
    case "start":
      generator = generateLoad(command.profile);
      reply({ type: "started" });
      break;
    case "mark":
      generator?.mark(command.mark);
      break;
    case "stop":
      void generator?.stop().then((result) => reply({ type: "result", result }, () => process.exit(0)));
      break;
  }
});
// A parent that is gone wants no result; the load must not outlive it.
process.on("disconnect", () => process.exit(1));
