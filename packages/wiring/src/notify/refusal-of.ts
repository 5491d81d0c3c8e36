import type { Notification } from "@sluice/notify";
import type { Asked, NotifyParts } from "./with-notifications.ts";

/** What people are told of a deployment that the window refused: it has no record. */
export async function refusalOf(
  { stack, config, clock, link }: Pick<NotifyParts, "stack" | "config" | "clock" | "link">,
  asked: Asked,
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
): Promise<Notification> {
  const now = clock.now();
  const { windowState } = await import("@sluice/core/windows");
  const { nextOpening } = windowState(config.windows, now);
  return {
    // However often it is tried while the window is closed, it is told once.
    id: `window-closed.${asked.release}.${nextOpening?.toISOString() ?? "never"}`,
    stack,
    outcome: "window-closed",
    kind: "deploy",
    ...asked,
    cause: message,
    at: now.toISOString(),
    ...(hint ? { next: hint } : {}),
    ...(link ? { link } : {}),
  };
}
