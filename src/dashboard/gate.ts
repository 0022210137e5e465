/**
 * Who may in: judges the headers of a request against Host, Origin, fetch metadata and token.
 * Pure; it answers with an HTTP status and a sentence. The order goes from "not for us" to "not allowed".
 */

import type { Scheme } from "./address.ts";
import { tokensEqual } from "./auth.ts";
import { STREAM_PATH, SUBPROTOCOL, TOKEN_PREFIX } from "./protocol.ts";

/** The headers that decide; a header sent twice has two values, and is refused. */
export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly host: readonly string[];
  readonly origin: readonly string[];
  readonly fetchSite: readonly string[];
  readonly fetchMode: readonly string[];
  readonly fetchDest: readonly string[];
  readonly subprotocols: readonly string[];
};

export type Refusal = {
  readonly status: number;
  readonly sentence: string;
  readonly retryAfterSeconds?: number;
};

const refuse = (status: number, sentence: string): Refusal => ({ status, sentence });

function judgeHost(asked: Asked, hosts: ReadonlySet<string>): Refusal | undefined {
  const [host] = asked.host;
  if (asked.host.length === 1 && host !== undefined && hosts.has(host)) return undefined;
  return refuse(421, "This server answers only to its own addresses.");
}

/** A request for a page file: undefined lets it through. */
export function judgeRequest(asked: Asked, hosts: ReadonlySet<string>): Refusal | undefined {
  const badHost = judgeHost(asked, hosts);
  if (badHost !== undefined) return badHost;
  if (asked.method !== "GET" && asked.method !== "HEAD")
    return refuse(405, "Only GET and HEAD are answered.");
  const site = asked.fetchSite[0] ?? "none";
  if (asked.fetchSite.length <= 1 && (site === "none" || site === "same-origin")) return undefined;
  // A link on another page may open this one as a whole; it may not embed or fetch parts of it.
  if (asked.fetchMode[0] === "navigate" && asked.fetchDest[0] === "document") return undefined;
  return refuse(403, "Another page may not use this one.");
}

/** What the stream knows of itself: the names it has, how it is reached, and what opens it. */
export type Door = { readonly hosts: ReadonlySet<string>; readonly scheme: Scheme; readonly token: string };

/** A request to open the stream: undefined lets it through; status 401 stands for a wrong token and nothing else. */
export function judgeUpgrade(asked: Asked, { hosts, scheme, token }: Door): Refusal | undefined {
  const badHost = judgeHost(asked, hosts);
  if (badHost !== undefined) return badHost;
  if (asked.method !== "GET") return refuse(405, "Only GET is answered.");
  if (asked.path !== STREAM_PATH) return refuse(404, "There is nothing at this path.");
  if (asked.origin.length !== 1 || asked.origin[0] !== `${scheme}://${asked.host[0]}`) {
    return refuse(403, "Only the page of this server may open the stream.");
  }
  if (asked.fetchSite.length > 1 || (asked.fetchSite[0] ?? "same-origin") !== "same-origin") {
    return refuse(403, "Another page may not use this one.");
  }
  if (!asked.subprotocols.includes(SUBPROTOCOL))
    return refuse(400, `Expected the subprotocol ${SUBPROTOCOL}.`);
  const offered = asked.subprotocols.filter((name) => name.startsWith(TOKEN_PREFIX));
  const [given] = offered;
  if (offered.length !== 1 || given === undefined || !tokensEqual(given.slice(TOKEN_PREFIX.length), token)) {
    return refuse(401, "That is not the token.");
  }
  return undefined;
}

/**
 * The stream's path asked for over plain HTTP. A page whose handshake failed is told no reason by its browser:
 * here it can learn whether it has to wait. Nothing is said of any token.
 */
export function judgeStreamRequest(waitSeconds: number | undefined): Refusal {
  return waitSeconds === undefined
    ? refuse(426, "This is the page's stream; it opens by WebSocket only.")
    : tooManyTries(waitSeconds);
}

export const tooManyTries = (waitSeconds: number): Refusal => ({
  status: 429,
  sentence: `Too many wrong tokens; wait ${waitSeconds} s.`,
  retryAfterSeconds: waitSeconds,
});
