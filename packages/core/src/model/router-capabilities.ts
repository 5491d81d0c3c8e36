/** What doors of one kind can do. What a configuration asks for beyond it is refused before anything is changed. */
export interface RouterCapabilities {
  /** Doors of services that do not speak HTTP, split by connections. */
  readonly tcp: boolean;
  readonly proxyProtocolIn: boolean;
  readonly proxyProtocolOut: boolean;
  readonly testersByToken: boolean;
  readonly testersByAddress: boolean;
  /** Testers known by the address that believed proxies pass on. */
  readonly testersBehindProxies: boolean;
  /** Also HTTP/1 doors take HTTP/2 from whoever begins with it. */
  readonly http2WithoutTls: boolean;
  /** `setRouting` loses no request. */
  readonly losslessShift: boolean;
  /** `reconfigure` loses no request and leaves WebSockets the drain time; otherwise idle connections and WebSockets end. */
  readonly losslessReload: boolean;
  /** What a drain closes at its end is the drained slot's alone; otherwise WebSockets of both slots. */
  readonly closesOneSlot: boolean;
  /** Counters go on over reloads and restarts; otherwise they begin another epoch. */
  readonly countsAcrossReloads: boolean;
  /** HTTPS with certificates that the door gets and renews by itself. */
  readonly automaticHttps: boolean;
}
