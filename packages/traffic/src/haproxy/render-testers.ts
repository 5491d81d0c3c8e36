import { type DoorSpec, otherSlot, slots, type TesterAddresses } from "@sluice/core";
import { mostProxies } from "../door/client-address.ts";
import { testersWord } from "../door/routing-value.ts";

/** Testers are treated as previews of the candidate are: nothing stands in for it, and they are not counted as users. */
export function testerRules({ testers }: DoorSpec): string[] {
  const token = testers?.token;
  return [
    ...(testers?.from ? addressRules(testers.from) : []),
    ...(token
      ? testerRule(`{ ${token.by === "header" ? "req.hdr" : "req.cook"}(${token.name}) -m str ${token.value} }`)
      : []),
    ...(testers?.from ? testerRule("from_tester") : []),
  ];
}

/** Whoever names a slot with the preview's secret reaches that slot. Its header is gone by now, its mark is not. */
function testerRule(isTester: string): string[] {
  return slots.map(
    (stable) =>
      `http-request set-var(txn.preview) str(${otherSlot(stable)}) if !{ var(txn.preview) -m found } ${isTester} { var(txn.route),field(4,:) -m str ${testersWord} } { var(txn.stable) -m str ${stable} }`,
  );
}

/** `clientAddress`, in HAProxy's words. */
function addressRules({ addresses, proxies = [] }: TesterAddresses): string[] {
  return [
    "http-request set-var(txn.from) src",
    ...(proxies.length > 0 ? forwardedBy(proxies) : []),
    ...addresses.map((network) => `acl from_tester var(txn.from) -m ip ${network}`),
  ];
}

/** An entry that is no address sets no variable, and the one before it is not asked for: it is the client's own writing. */
function forwardedBy(proxies: readonly string[]): string[] {
  return [
    ...proxies.map((network) => `acl from_proxy var(txn.from) -m ip ${network}`),
    ...Array.from({ length: mostProxies }, (_, index) => index + 1).flatMap((hop) => [
      `http-request set-var(txn.hop${hop}) req.hdr_ip(x-forwarded-for,-${hop}) if from_proxy${hop > 1 ? ` { var(txn.hop${hop - 1}) -m found }` : ""}`,
      `http-request set-var(txn.from) var(txn.hop${hop}) if { var(txn.hop${hop}) -m found }`,
    ]),
  ];
}
