/**
 * Where the page is served: the address to listen on, whether that is safe, and the names it may be asked for by.
 * A name that rebinding DNS points here is not among them.
 */
import { isIP, isIPv6 } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { usageError } from "../core/errors.ts";

export type Scheme = "http" | "https";

export type Address = {
  /** An IP literal, without brackets. */
  readonly host: string;
  readonly isLoopback: boolean;
  /** All addresses of this machine. */
  readonly isEvery: boolean;
};

/** What the system knows of itself, asked anew each time: a machine may get its address after the start. */
export type Network = {
  readonly interfaces: typeof networkInterfaces;
  readonly hostname: typeof hostname;
};
const systemNetwork: Network = { interfaces: networkInterfaces, hostname };

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];
const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/** @throws SpikelineError DASHBOARD_HOST when it is no address of a machine */
export function readAddress(host: string): Address {
  const bare = host === "localhost" ? "127.0.0.1" : host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) === 0 || bare.includes("%")) {
    throw usageError(
      "DASHBOARD_HOST",
      `Expected localhost or an IP address of this machine as the host, found "${host}"; stay on 127.0.0.1 and use "ssh -L" to look from elsewhere, or give an address.`,
    );
  }
  const spelled = asBrowsersSpell(bare);
  return {
    host: bare,
    isLoopback: spelled.startsWith("127.") || spelled === "[::1]",
    isEvery: spelled === "0.0.0.0" || spelled === "[::]",
  };
}

/** The one spelling that a browser sends: lower case, shortest, IPv6 in brackets. */
const asBrowsersSpell = (ip: string) => new URL(`http://${isIPv6(ip) ? `[${ip}]` : ip}/`).hostname;

/**
 * Other machines may only be let near with encryption, or when somebody says that it may go without.
 * @throws SpikelineError DASHBOARD_HOST
 */
export function checkExposure(
  address: Address,
  { isSecure, insecureLan }: { readonly isSecure: boolean; readonly insecureLan: boolean },
): void {
  if (address.isLoopback || isSecure || insecureLan) return;
  throw usageError(
    "DASHBOARD_HOST",
    `Expected a loopback host such as 127.0.0.1, found ${address.host}, where other machines could read along; encrypt with --tls-cert and --tls-key, allow it with --insecure-lan, or stay on 127.0.0.1 and use "ssh -L".`,
  );
}

/** Addresses a browser can be pointed at: one that needs its interface named (fe80::…%eth0) is not. */
const reachable = (network: Network) =>
  Object.values(network.interfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((found) => found.family === "IPv4" || found.scopeid === 0);

/** The Host headers that mean this server. */
export function allowedHosts(
  address: Address,
  { port, scheme, network = systemNetwork }: { port: number; scheme: Scheme; network?: Network },
): ReadonlySet<string> {
  const own = asBrowsersSpell(address.host);
  const machine = network.hostname().toLowerCase();
  const names = address.isLoopback ? [own, ...LOOPBACK_NAMES] : [machine, `${machine}.local`];
  if (address.isEvery) {
    names.push("localhost", ...reachable(network).map((found) => asBrowsersSpell(found.address)));
  } else if (!address.isLoopback) names.push(own);
  const hosts = names.map((name) => `${name}:${port}`);
  return new Set(port === DEFAULT_PORTS[scheme] ? [...hosts, ...names] : hosts);
}

/** The address to print: one that other machines can use, where there is one. */
export function shownUrl(
  address: Address,
  { port, scheme, network = systemNetwork }: { port: number; scheme: Scheme; network?: Network },
): string {
  const outside = address.isEvery ? reachable(network).filter((found) => !found.internal) : [];
  const best = outside.find((found) => found.family === "IPv4") ?? outside[0];
  const host = address.isEvery ? (best?.address ?? "127.0.0.1") : address.host;
  return `${scheme}://${asBrowsersSpell(host)}:${port}/`;
}
