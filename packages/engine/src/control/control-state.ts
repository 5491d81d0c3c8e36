import type { Order, OrderReceipt } from "@sluice/core";
import type { OrderEntry } from "../record/journal-entries.ts";

/** What people have decided of a deployment so far. */
export interface ControlState {
  /** `null` while it goes on by itself. */
  readonly pause: Pause | null;
  /** Steps that were approved. */
  readonly approved: readonly string[];
  /** The step that waits for approval now. */
  readonly asks: string | null;
  readonly isAborted: boolean;
  /** Why no order can change anything any more; `null` while one can. */
  readonly closed: string | null;
}

export interface Pause {
  readonly actor: string;
  readonly reason: string;
  /** A verdict paused it: it does not go on because time passes. */
  readonly byVerdict: boolean;
}

/** An order, and the step it is about where it is about one. */
export interface GivenOrder extends Order {
  readonly step?: string | undefined;
  readonly byVerdict?: boolean | undefined;
  /** A run finishes what was condemned, because a person wants it: no answer to a pause. */
  readonly takesBack?: boolean | undefined;
}

export const noOrders: ControlState = { pause: null, approved: [], asks: null, isAborted: false, closed: null };

/** What an order would do now. */
export function answerOrder(state: ControlState, { kind, actor }: Order): OrderReceipt {
  const refuse = (message: string): OrderReceipt => ({ accepted: false, message });
  const accept = (message: string): OrderReceipt => ({ accepted: true, message });
  if (state.closed) return refuse(state.closed);
  if (state.isAborted) return refuse("it is being aborted already");
  switch (kind) {
    case "approve":
      return state.asks ? accept(`approved by ${actor}`) : refuse("nothing waits for approval");
    case "pause":
      return state.pause ? refuse(pausedText(state.pause)) : accept("paused: users stay where they are");
    case "resume":
      return state.pause ? accept("goes on") : refuse("it is not paused");
    case "abort":
      return accept("aborted: users go back to the version before");
  }
}

/** The state after an order that was accepted. */
export function applyOrder(state: ControlState, order: GivenOrder): ControlState {
  const { actor, reason, byVerdict = false } = order;
  switch (order.kind) {
    case "approve": {
      const step = order.step ?? state.asks;
      return { ...state, asks: null, approved: step ? [...state.approved, step] : state.approved };
    }
    case "pause":
      return { ...state, pause: { actor, reason, byVerdict } };
    case "resume":
      return { ...state, pause: null };
    case "abort":
      return { ...state, isAborted: true };
  }
}

/** Orders as the record keeps them. */
export function givenOrders(entries: readonly OrderEntry[]): readonly GivenOrder[] {
  return entries.map(({ order: kind, ...given }) => ({ ...given, kind }));
}

/** The state that a dead run left, by its record. */
export function restoreControl(orders: readonly GivenOrder[]): ControlState {
  // What was to be aborted is undone without its steps; whoever has it finished all the same has taken the abort back, not
  // given again what it took back.
  const abortedAt = orders.findLastIndex(({ kind }) => kind === "abort");
  return orders
    .filter(({ kind, takesBack }, at) => kind !== "abort" && !takesBack && !(kind === "approve" && at < abortedAt))
    .reduce(applyOrder, noOrders);
}

/** Whether a person has it aborted, and none has it finished since. */
export function isToAbort(orders: readonly GivenOrder[]): boolean {
  return orders.slice(orders.findLastIndex(({ takesBack }) => takesBack) + 1).some(({ kind }) => kind === "abort");
}

export function pausedText({ actor, reason }: Pause): string {
  return `paused by ${actor}${reason ? `: ${reason}` : ""}`;
}
