/** Ports of one database, broker or cache, whatever else listens beside them. */
export const storePorts: ReadonlySet<number> = new Set([
  1433, 1521, 1883, 2379, 3306, 4222, 5432, 5433, 5672, 6379, 7687, 9042, 9092, 11211, 26257, 27017,
]);

/** Ports that only something with data listens on, when it has no others and nothing else tells. */
export const dataPorts: ReadonlySet<number> = new Set([
  ...storePorts,
  2181,
  5671,
  6380,
  8529,
  9200,
  9300,
  15672,
  28015,
  33060,
  389,
  636,
  25,
  465,
  587,
  143,
  993,
]);

/** Ports on which servers usually speak something that is no HTTP/1: TLS of their own, gRPC, FastCGI, ssh, mail, databases. */
export const tcpPorts: ReadonlySet<number> = new Set([
  ...storePorts,
  21,
  22,
  25,
  443,
  465,
  587,
  993,
  5222,
  5269,
  8443,
  8883,
  9443,
  50051,
]);

/** Ports that frameworks and images of web applications choose when nobody says another. */
const webPorts: ReadonlySet<number> = new Set([
  80, 443, 1337, 2368, 3333, 4200, 4321, 5173, 5678, 7860, 8443, 8888, 9000, 9090, 9443,
]);

/** 3000 to 3010, 4000 to 4010, 5000 to 5010, 8000 to 8099, and what single frameworks choose. */
export function isWebPort(port: number): boolean {
  const isInRow = port >= 3000 && port <= 5010 && port % 1000 <= 10;
  return isInRow || (port >= 8000 && port <= 8099) || webPorts.has(port);
}
