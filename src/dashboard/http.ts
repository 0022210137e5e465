/**
 * The page's files over HTTP: a fixed table read once at start, and headers that allow only what the page needs.
 * Nothing here changes state, and no path of a request ever reaches the file system.
 */
import { readdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { noInputError } from "../core/errors.ts";
import { type Asked, judgeRequest } from "./gate.ts";

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

/** The HTTP server, not yet listening. `hosts` is asked at each request: the port is known only after listening. */
export function createPageServer(page: PageTable, hosts: () => ReadonlySet<string>): Server {
  const server = createServer(LIMITS, (request, response) => {
    const asked = readAsked(request);
    const refusal = judgeRequest(asked, hosts());
    const file = page.get(asked.path);
    if (refusal !== undefined) answerText(response, refusal.status, refusal.sentence);
    else if (file === undefined) answerText(response, 404, "There is nothing at this path.");
    else {
      answer(response, 200, { "Content-Type": file.type, "Cache-Control": file.caching }, file.body);
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function answerText(response: ServerResponse, status: number, sentence: string): void {
  const body = Buffer.from(`${sentence}\n`);
  // Closing keeps the unread body of a refused request from being read as the next request.
  const extra = status === 405 ? { Allow: "GET, HEAD", Connection: "close" } : { Connection: "close" };
  answer(
    response,
    status,
    { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", ...extra },
    body,
  );
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
