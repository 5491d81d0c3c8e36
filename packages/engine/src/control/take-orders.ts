import { createDeadline } from "@sluice/core";
import { settle } from "../deadline.ts";
import { describe } from "../report.ts";
import { type DeploymentScope, type EnginePorts, emit } from "../scope.ts";
import { Control } from "./control.ts";
import type { GivenOrder } from "./control-state.ts";

/** The control of a deployment, which tells each order as an event. */
export function createControl(ports: EnginePorts, deployment: string, given?: readonly GivenOrder[]): Control {
  return new Control({
    deployment,
    journal: ports.journal,
    given,
    onOrder: ({ kind, actor, reason }) => emit({ ports }, { type: "order", deployment, order: kind, actor, reason }),
  });
}

const openBudgetMs = 5_000;

/** Takes orders while a deployment runs. That it cannot is said, and stops nothing. */
export async function takeOrders(scope: DeploymentScope): Promise<AsyncDisposable> {
  const { clock, orders } = scope.ports;
  using deadline = createDeadline(clock, openBudgetMs);
  try {
    return await settle(
      clock,
      deadline.signal,
      orders.open((order) => scope.control.receive(order)),
    );
  } catch (error) {
    const finding = {
      severity: "warn",
      code: "no-orders",
      message: `sluice traffic cannot pause or abort this deployment: ${describe(error).message}`,
    } as const;
    emit(scope, { type: "finding", finding });
    return { [Symbol.asyncDispose]: async () => {} };
  }
}
