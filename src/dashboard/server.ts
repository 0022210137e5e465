/**
 * The dashboard: serves the page and streams snapshots to every viewer, on loopback only.
 * Who is let in is judged in gate.ts; what each viewer gets is in viewers.ts.
 */
import { type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { ioError, systemCode, usageError } from "../core/errors.ts";
import { allowedHosts, judgeUpgrade } from "./gate.ts";
import { createPageServer, readAsked, readPage, SECURITY_HEADERS } from "./http.ts";
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

export type Dashboard = {
  /** Without the token; see addressWithToken. */
  readonly url: string;
  close(): Promise<void>;
  counts(): DashboardCounts;
};

export type DashboardOptions = ViewersOptions & {
  /** "127.0.0.1", "localhost" or "::1". */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly token: string;
  readonly pageDir: string;
};

export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const bindTo = loopbackAddress(options.host);
  const viewers = new Viewers(options);
  let hosts: ReadonlySet<string> = new Set();
  const server = createPageServer(await readPage(options.pageDir), () => hosts);
  const sockets = new WebSocketServer({ ...SOCKET_LIMITS, handleProtocols: () => SUBPROTOCOL });
  server.on("upgrade", (request, socket, head) => {
    // Without a listener a reset during the handshake would end the process.
    socket.on("error", () => socket.destroy());
    const refusal = judgeUpgrade(readAsked(request), hosts, options.token);
    if (refusal !== undefined) {
      viewers.refused++;
      return refuseUpgrade(socket, refusal.status, refusal.sentence);
    }
    sockets.handleUpgrade(request, socket, head, (viewer) => viewers.admit(viewer));
  });
  const port = await listen(server, bindTo, options.port);
  hosts = allowedHosts(port);
  viewers.open();
  return {
    url: `http://${bindTo === "::1" ? "[::1]" : bindTo}:${port}/`,
    counts: () => viewers.counts(),
    close: async () => {
      viewers.close();
      sockets.close();
      await closeServer(server);
    },
  };
}

function loopbackAddress(host: string): "127.0.0.1" | "::1" {
  if (host === "127.0.0.1" || host === "localhost") return "127.0.0.1";
  if (host === "::1" || host === "[::1]") return "::1";
  throw usageError(
    "DASHBOARD_HOST",
    `Expected the host 127.0.0.1, localhost or ::1, got "${host}"; serving other machines is not supported yet, use "ssh -L" instead.`,
  );
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const inUse = systemCode(error) === "EADDRINUSE";
      const why = inUse ? "another program listens there; choose another --port" : error.message;
      reject(ioError("DASHBOARD_LISTEN", `Expected to listen on ${host} port ${port}, but ${why}.`, error));
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Closing stops the request timeouts, so a half-sent request would keep the server open for ever.
    server.closeAllConnections();
  });
}

function refuseUpgrade(socket: Duplex, status: number, sentence: string): void {
  const headers = {
    ...SECURITY_HEADERS,
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": `${Buffer.byteLength(sentence)}`,
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${sentence}`);
}
