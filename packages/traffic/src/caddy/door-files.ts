/** Where the door's image keeps things. The image of `images/door-caddy` makes these directories. */
export const doorFiles = {
  config: "/etc/sluice/caddy.json",
  /** Becomes `config` once the running process has taken it. */
  nextConfig: "/etc/sluice/caddy.next.json",
  /** One line per server whose answer says whether it is up: slot, address, port and what to ask. */
  servers: "/etc/sluice/servers",
  nextServers: "/etc/sluice/servers.next",
  /** The routing that a door which starts goes on with. */
  routing: "/var/lib/sluice/routing",
  /** The same for the process that runs, as the name of an empty file: see `routing-name.ts`. */
  running: "/run/sluice/routing",
  adminSocket: "/run/sluice/admin.sock",
  /** Answers with the routing that the process goes by. */
  routingSocket: "/run/sluice/routing.sock",
  log: "/var/log/sluice/requests.log",
  counts: "/var/lib/sluice/counts",
  /** Outlives the container: an authority gives out only so many certificates a week. */
  certificates: "/data",
} as const;
