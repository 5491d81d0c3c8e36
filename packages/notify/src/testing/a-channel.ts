import { endings } from "@sluice/core";
import type { Attempt } from "../channels/answer.ts";
import type { Channel, Content } from "../channels/channel.ts";

export type FakeChannel = Channel & { readonly sent: Content[] };

/** A channel in memory that answers what a test hands in, the last answer again and again; `"hang"` never answers. */
export function aChannel(answers: readonly (Attempt | "hang")[], over: Partial<Channel> = {}): FakeChannel {
  const sent: Content[] = [];
  return {
    name: "team",
    place: "chat.example.com",
    on: endings,
    isRepeatable: false,
    send(content) {
      const answer = answers[Math.min(sent.length, answers.length - 1)] ?? { result: "delivered" };
      sent.push(content);
      return answer === "hang" ? new Promise(() => {}) : Promise.resolve(answer);
    },
    ...over,
    sent,
  };
}
