/** What a person can tell a deployment that is under way. */
export const orderKinds = ["approve", "pause", "resume", "abort"] as const;
export type OrderKind = (typeof orderKinds)[number];

export interface Order {
  readonly kind: OrderKind;
  /** Who gives it, for the record. */
  readonly actor: string;
  /** Empty where none was given. */
  readonly reason: string;
}

/** The answer to an order. What is accepted is in the record, and holds over the death of the run. */
export interface OrderReceipt {
  readonly accepted: boolean;
  /** What happens now, or why nothing does. */
  readonly message: string;
}
