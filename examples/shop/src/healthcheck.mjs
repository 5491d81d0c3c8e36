import { get } from "node:http";

// Not `fetch`: it is run every few seconds beside the application, and loading it costs more than the request.
const request = get("http://127.0.0.1:8080/healthz", { timeout: 1_500 }, ({ statusCode }) => {
  process.exit(statusCode === 200 ? 0 : 1);
});
request.on("timeout", () => request.destroy());
request.on("error", () => process.exit(1));
