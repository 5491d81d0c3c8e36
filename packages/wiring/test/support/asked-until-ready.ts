/** When a service is asked whether it is healthy: often until it is, and then seldom, as each look is a process of its own. */
export const askedUntilReady = { interval: "10s", start_period: "60s", start_interval: "500ms" };
