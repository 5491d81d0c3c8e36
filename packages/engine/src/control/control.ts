import { type Journal, messageOf, type Order, type OrderReceipt, SluiceError } from "@sluice/core";
import {
  answerOrder,
  applyOrder,
  type ControlState,
  type GivenOrder,
  noOrders,
  type Pause,
  restoreControl,
} from "./control-state.ts";

export interface ControlOptions {
  readonly deployment: string;
  readonly journal: Journal;
  /** Orders of the run that died, oldest first. */
  readonly given?: readonly GivenOrder[] | undefined;
  /** Told of each order once it holds. */
  readonly onOrder: (order: GivenOrder) => void;
}

/** Takes the orders of people for one deployment, and lets its steps wait for them. */
export class Control {
  readonly #options: ControlOptions;
  readonly #abort = new AbortController();
  readonly #changed = new EventTarget();
  #state: ControlState;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#state = options.given ? restoreControl(options.given) : noOrders;
  }

  /** Aborts, with an `ABORTED` error, in the moment in which a person says so. */
  get aborted(): AbortSignal {
    return this.#abort.signal;
  }

  get pause(): Pause | null {
    return this.#state.pause;
  }

  isApproved(step: string): boolean {
    return this.#state.approved.includes(step);
  }

  /** No order is taken from here on. */
  close(why: string): void {
    this.#set({ ...this.#state, closed: why });
  }

  /** A step asks for approval, until it has it. */
  ask(step: string): void {
    this.#set({ ...this.#state, asks: step });
  }

  async receive(order: Order): Promise<OrderReceipt> {
    const receipt = answerOrder(this.#state, order);
    if (!receipt.accepted) return receipt;
    if (order.kind === "abort") return this.#receiveAbort(order, receipt);
    const { asks } = this.#state;
    const given = order.kind === "approve" && asks ? { ...order, step: asks } : order;
    // It holds once it is in the record: a run that dies a moment later goes on with it.
    await this.#record(given);
    const late = answerOrder(this.#state, order);
    if (late.accepted) this.#take(given);
    return late;
  }

  /** A bad verdict pauses it, where the configuration leaves the rest to a person. It holds also where it cannot be recorded. */
  async pauseFor(step: string, reason: string): Promise<void> {
    const given: GivenOrder = { kind: "pause", actor: "sluice", reason, step, byVerdict: true };
    this.#take(given);
    await this.#record(given);
  }

  /** What was condemned is finished, because a person wants it: that holds for every later run, too. */
  async takeBack(actor: string, reason: string): Promise<void> {
    const given: GivenOrder = { kind: "resume", actor, reason, takesBack: true };
    await this.#record(given);
    this.#options.onOrder(given);
  }

  /** Resolves as soon as `holds` does. @throws the signal's reason */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds()) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener("abort", wake);
          this.#changed.removeEventListener("change", wake);
          resolve();
        };
        signal.addEventListener("abort", wake, { once: true });
        this.#changed.addEventListener("change", wake, { once: true });
      });
    }
  }

  /** Users first: the way back begins before anything is written. */
  async #receiveAbort(order: Order, receipt: OrderReceipt): Promise<OrderReceipt> {
    const { actor, reason } = order;
    this.#take(order);
    this.#abort.abort(
      new SluiceError("ABORTED", `aborted by ${actor}${reason ? `: ${reason}` : ""}`, {
        hint: "the release is not tried again without --retry",
      }),
    );
    try {
      await this.#record(order);
    } catch (error) {
      const why = messageOf(error);
      return { ...receipt, message: `${receipt.message}; that could not be recorded: ${why}` };
    }
    return receipt;
  }

  #take(given: GivenOrder): void {
    this.#set(applyOrder(this.#state, given));
    this.#options.onOrder(given);
  }

  #set(state: ControlState): void {
    this.#state = state;
    this.#changed.dispatchEvent(new Event("change"));
  }

  async #record({ kind, actor, reason, step, byVerdict, takesBack }: GivenOrder): Promise<void> {
    const { journal, deployment } = this.#options;
    await journal.append({
      type: "order",
      deployment,
      order: kind,
      actor,
      reason,
      ...(step ? { step } : {}),
      ...(byVerdict ? { byVerdict } : {}),
      ...(takesBack ? { takesBack } : {}),
    });
  }
}
