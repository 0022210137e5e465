/**
 * The page's files over HTTP: a fixed table read once at start, and headers that allow only what the page needs.
 * Nothing here changes state, and no path of a request ever reaches the file system.
 */
import { readdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { extname, join, relative, sep } from "node:path";
import { noInputError } from "../core/errors.ts";
import type { Certificate } from "./certificate.ts";
import { type Asked, judgeRequest, judgeStreamRequest, type Refusal } from "./gate.ts";
import { STREAM_PATH } from "./protocol.ts";

/** Sent with every answer, refusals included. */
export const SECURITY_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** An idle or slow request is cut before it costs anything. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
};
const TLS_LIMITS = { minVersion: "TLSv1.3", handshakeTimeout: 5_000 } as const;
/** 50 viewers, their page loads, and room to say no. */
const MAX_CONNECTIONS = 200;

type PageFile = { readonly type: string; readonly caching: string; readonly body: Buffer };
export type PageTable = ReadonlyMap<string, PageFile>;

/** Reads the built page; its file names become the only paths that are answered. */
export async function readPage(pageDir: string): Promise<PageTable> {
  const entries = await readdir(pageDir, { recursive: true, withFileTypes: true }).catch(() => []);
  const table = new Map<string, PageFile>();
  for (const entry of entries) {
    const type = CONTENT_TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(pageDir, file).split(sep).join("/")}`;
    const isIndex = path === "/index.html";
    table.set(isIndex ? "/" : path, {
      type,
      // The names of all other files carry a hash of their content.
      caching: isIndex ? "no-cache" : "public, max-age=31536000, immutable",
      body: await readFile(file),
    });
  }
  if (table.has("/")) return table;
  throw noInputError(
    "DASHBOARD_PAGE_MISSING",
    `Expected the built page at "${join(pageDir, "index.html")}", found none; build it with "npm run build:page".`,
  );
}

/** What a request asks for, with every deciding header in all its repetitions. */
export function readAsked(request: IncomingMessage): Asked {
  const headers = request.headersDistinct;
  const offered = (headers["sec-websocket-protocol"] ?? []).join(",");
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    host: headers.host ?? [],
    origin: headers.origin ?? [],
    fetchSite: headers["sec-fetch-site"] ?? [],
    fetchMode: headers["sec-fetch-mode"] ?? [],
    fetchDest: headers["sec-fetch-dest"] ?? [],
    subprotocols: offered.split(",").map((name) => name.trim()),
  };
}

export type PageServerOptions = {
  /** Asked at each request: port and addresses are not known before. */
  readonly hosts: () => ReadonlySet<string>;
  /** Seconds that an address has to wait after too many wrong tokens, if it has to. */
  readonly waitSeconds: (address: string) => number | undefined;
  /** Undefined serves in the clear. */
  readonly tls: Certificate | undefined;
};

/** The HTTP or HTTPS server, not yet listening. */
export function createPageServer(page: PageTable, options: PageServerOptions): Server {
  const { hosts, waitSeconds, tls } = options;
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const asked = readAsked(request);
    const refusal = judgeRequest(asked, hosts());
    const file = page.get(asked.path);
    if (refusal !== undefined) refuseRequest(response, refusal);
    else if (asked.path === STREAM_PATH) {
      refuseRequest(response, judgeStreamRequest(waitSeconds(addressOf(request))));
    } else if (file === undefined) {
      refuseRequest(response, { status: 404, sentence: "There is nothing at this path." });
    } else {
      answer(response, 200, { "Content-Type": file.type, "Cache-Control": file.caching }, file.body);
    }
  };
  const server =
    tls === undefined
      ? createServer(LIMITS, handle)
      : createSecureServer({ ...LIMITS, ...TLS_LIMITS, ...tls }, handle);
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

/** Where a request comes from; empty when it is already gone. */
export const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? "";

/** Headers of an answer that is only a sentence. Closing keeps an unread body from being read as the next request. */
export function refusalHeaders({ status, retryAfterSeconds }: Refusal): Record<string, string> {
  return {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    Connection: "close",
    ...(status === 405 && { Allow: "GET, HEAD" }),
    ...(status === 426 && { Upgrade: "websocket", Connection: "upgrade, close" }),
    ...(retryAfterSeconds !== undefined && { "Retry-After": `${retryAfterSeconds}` }),
  };
}

function refuseRequest(response: ServerResponse, refusal: Refusal): void {
  answer(response, refusal.status, refusalHeaders(refusal), Buffer.from(`${refusal.sentence}\n`));
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
): void {
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers, "Content-Length": body.length });
  // Node sends no body to a HEAD request.
  response.end(body);
}
