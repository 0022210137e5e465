/**
 * The dashboard: serves the page and streams snapshots to every viewer.
 * Where it may be served is decided in address.ts, who is let in in gate.ts, what each viewer gets in viewers.ts.
 */
import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { systemClock } from "../core/clock.ts";
import { ioError, systemCode } from "../core/errors.ts";
import { allowedHosts, checkExposure, readAddress, type Scheme, shownUrl } from "./address.ts";
import { type Certificate, checkCertificate } from "./certificate.ts";
import { FailedTries } from "./failed-tries.ts";
import { judgeUpgrade, type Refusal, tooManyTries } from "./gate.ts";
import {
  addressOf,
  createPageServer,
  readAsked,
  readPage,
  refusalHeaders,
  SECURITY_HEADERS,
} from "./http.ts";
import { SUBPROTOCOL } from "./protocol.ts";
import { type DashboardCounts, Viewers, type ViewersOptions } from "./viewers.ts";

export type { DashboardCounts };

/** With ws's own defaults 50 clients sending one-byte fragments pin 92 MB; with these they are closed. */
const SOCKET_LIMITS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: 64 * 1024,
  maxFragments: 16,
  maxBufferedChunks: 256,
  /** Milliseconds a closing viewer has to answer before it is cut. */
  closeTimeout: 2_000,
};

/** Longer than a closing viewer has; then whatever still holds the server, such as half a TLS handshake, is cut. */
const CLOSE_PATIENCE_MS = 2_500;

export type Dashboard = {
  /** Without the token; see addressWithToken. */
  readonly url: string;
  close(): Promise<void>;
  counts(): DashboardCounts;
};

export type DashboardOptions = ViewersOptions & {
  /** "localhost", an IP address of this machine, or "0.0.0.0" or "::" for all of them. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Whether a free port will do when `port` is taken. */
  readonly portFallback?: boolean;
  readonly token: string;
  readonly pageDir: string;
  /** Encrypts; without it, an address that other machines can reach needs `insecureLan`. */
  readonly tls?: Certificate | undefined;
  /** Other machines may read along. */
  readonly insecureLan?: boolean;
};

/**
 * @throws SpikelineError DASHBOARD_HOST, TLS_CERTIFICATE, TLS_KEY, DASHBOARD_PAGE_MISSING or DASHBOARD_LISTEN
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { tls, insecureLan = false, token, clock = systemClock } = options;
  const address = readAddress(options.host);
  checkExposure(address, { isSecure: tls !== undefined, insecureLan });
  if (tls !== undefined) checkCertificate(tls);
  const scheme: Scheme = tls === undefined ? "http" : "https";
  let port = 0;
  const hosts = () => allowedHosts(address, { port, scheme });
  const viewers = new Viewers(options);
  const failedTries = new FailedTries();
  const waitSeconds = (from: string) => failedTries.waitSeconds(from, clock.nowUs());
  const server = createPageServer(await readPage(options.pageDir), { hosts, waitSeconds, tls });
  const sockets = new WebSocketServer({ ...SOCKET_LIMITS, handleProtocols: () => SUBPROTOCOL });
  const connections = new Set<Socket>();
  server.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  server.on("upgrade", (request, socket, head) => {
    // Without a listener a reset during the handshake would end the process.
    socket.on("error", () => socket.destroy());
    const refusal = judgeUpgrade(readAsked(request), { hosts: hosts(), scheme, token });
    if (refusal === undefined) {
      sockets.handleUpgrade(request, socket, head, (viewer) => viewers.admit(viewer));
      return;
    }
    viewers.refused++;
    const from = addressOf(request);
    if (refusal.status === 401) failedTries.add(from, clock.nowUs());
    const seconds = refusal.status === 401 ? waitSeconds(from) : undefined;
    refuseUpgrade(socket, seconds === undefined ? refusal : tooManyTries(seconds));
  });
  port = await listen(server, { host: address.host, port: options.port, fallback: options.portFallback });
  viewers.open();
  return {
    url: shownUrl(address, { port, scheme }),
    counts: () => viewers.counts(),
    close: async () => {
      viewers.close();
      sockets.close();
      await closeServer(server, connections);
    },
  };
}

type Place = { readonly host: string; readonly port: number; readonly fallback?: boolean | undefined };

/** Resolves with the port, which is another one than asked for when that is taken and any other will do. */
async function listen(server: Server, { host, port, fallback = false }: Place): Promise<number> {
  try {
    return await listenOnce(server, host, port);
  } catch (error) {
    if (fallback && systemCode(error) === "EADDRINUSE") return listen(server, { host, port: 0 });
    throw ioError(
      "DASHBOARD_LISTEN",
      `Expected to listen on ${host} port ${port}, but ${why(error)}.`,
      error,
    );
  }
}

function why(error: unknown): string {
  if (systemCode(error) === "EADDRINUSE") return "another program listens there; choose another --port";
  if (systemCode(error) === "EADDRNOTAVAIL") return "this machine has no such address; choose another --host";
  if (systemCode(error) === "EACCES") return "the system does not allow it; choose a --port above 1023";
  return error instanceof Error ? error.message : String(error);
}

function listenOnce(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      // A connection that the system cannot hand over (too many open files) is lost; the others go on.
      server.on("error", () => undefined);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server, connections: Iterable<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, CLOSE_PATIENCE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    // Closing stops the request timeouts, so a half-sent request would keep the server open for ever.
    server.closeAllConnections();
  });
}

function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const { status, sentence } = refusal;
  const headers = {
    ...SECURITY_HEADERS,
    ...refusalHeaders(refusal),
    "Content-Length": `${Buffer.byteLength(sentence)}`,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${sentence}`);
}
