export type { Attempt } from "./channels/answer.ts";
export { type Channel, type Content, createChannel, unavailableChannel } from "./channels/channel.ts";
export type { RetryPolicy } from "./deliver/deliver.ts";
export type { DeliveryReport } from "./deliver/tell.ts";
export { notifyDiagnoses } from "./doctor/notify-diagnoses.ts";
export { type Message, type Templates, toMessage } from "./message/message.ts";
export type { Notification } from "./message/notification.ts";
export {
  type CatchUpOptions,
  createNotifier,
  type FlushOptions,
  type Notifier,
  type NotifierOptions,
  type TellOptions,
} from "./notifier.ts";
export { dropUntold } from "./outbox/drop-untold.ts";
export { isUntold, type OutboxEntry } from "./outbox/entry.ts";
export { createOutbox, type Outbox } from "./outbox/outbox.ts";
