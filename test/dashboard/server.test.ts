/** The door: who gets in, and how the dashboard starts and stops. */
import { connect } from "node:net";
import { EMPTY } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createToken } from "../../src/dashboard/auth.ts";
import { SUBPROTOCOL } from "../../src/dashboard/protocol.ts";
import { startDashboard } from "../../src/dashboard/server.ts";
import {
  dashboardWorld,
  openSilentViewer,
  openViewer,
  pageFolder,
  subprotocols,
  until,
  type World,
} from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await dashboardWorld();
});
afterEach(() => world.end());

/** The status of a refused upgrade, or "open". */
function knock(
  path: string,
  names: readonly string[],
  headers: Record<string, string>,
): Promise<number | "open"> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${world.port}${path}`, [...names], { headers });
    socket.on("error", reject);
    socket.on("unexpected-response", (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.on("open", () => {
      expect(socket.protocol).toBe(SUBPROTOCOL);
      socket.close();
      resolve("open");
    });
  });
}

describe("the handshake", () => {
  const own = () => `http://127.0.0.1:${world.port}`;
  const name = (host: string) => ({ host: `${host}:${world.port}`, origin: `http://${host}:${world.port}` });
  const right = () => subprotocols(world.token);
  type Case = [string, number | "open", () => Promise<number | "open">];
  const cases: Case[] = [
    ["opens for the page", "open", () => knock("/stream", right(), { origin: own() })],
    ["opens for the page as localhost", "open", () => knock("/stream", right(), name("localhost"))],
    [
      "opens for same-origin",
      "open",
      () => knock("/stream", right(), { origin: own(), "sec-fetch-site": "same-origin" }),
    ],
    ["refuses a wrong token", 401, () => knock("/stream", subprotocols(createToken()), { origin: own() })],
    ["refuses a missing token", 401, () => knock("/stream", [SUBPROTOCOL], { origin: own() })],
    [
      "refuses a token cut short",
      401,
      () => knock("/stream", subprotocols(world.token.slice(1)), { origin: own() }),
    ],
    ["refuses two tokens", 401, () => knock("/stream", [...right(), "token.x"], { origin: own() })],
    [
      "refuses without the subprotocol",
      400,
      () => knock("/stream", [`token.${world.token}`], { origin: own() }),
    ],
    ["refuses a wrong Host", 421, () => knock("/stream", right(), { origin: own(), host: "127.0.0.1:1" })],
    ["refuses a rebinding Host", 421, () => knock("/stream", right(), name("evil.example"))],
    ["refuses a wrong Origin", 403, () => knock("/stream", right(), { origin: "http://evil.example" })],
    ["refuses another port's Origin", 403, () => knock("/stream", right(), { origin: "http://127.0.0.1:1" })],
    [
      "refuses another of its names as Origin",
      403,
      () => knock("/stream", right(), { origin: name("localhost").origin }),
    ],
    ["refuses a null Origin", 403, () => knock("/stream", right(), { origin: "null" })],
    ["refuses no Origin", 403, () => knock("/stream", right(), {})],
    [
      "refuses cross-site",
      403,
      () => knock("/stream", right(), { origin: own(), "sec-fetch-site": "cross-site" }),
    ],
    [
      "refuses same-site",
      403,
      () => knock("/stream", right(), { origin: own(), "sec-fetch-site": "same-site" }),
    ],
    ["refuses another path", 404, () => knock("/", right(), { origin: own() })],
    ["refuses a query", 404, () => knock("/stream?token=x", right(), { origin: own() })],
  ];
  it.each(cases)("%s (%s)", async (_, expected, run) => {
    expect(await run()).toBe(expected);
    expect(world.counts().refused).toBe(expected === "open" ? 0 : 1);
  });

  it("refuses another method", async () => {
    const socket = connect(world.port, "127.0.0.1");
    const answer = new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data))));
    socket.write(
      `POST /stream HTTP/1.1\r\nHost: 127.0.0.1:${world.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    expect(await answer).toMatch(/^HTTP\/1\.1 405 /);
  });

  it("turns the 51st viewer away with 1013", async () => {
    await Promise.all(Array.from({ length: 50 }, () => openViewer(world)));
    const late = await openViewer(world);
    expect(await late.closed).toBe(1013);
    expect(world.counts()).toMatchObject({ viewers: 50, busy: 1 });
  });
});

describe("the dashboard", () => {
  const options = { snapshots$: EMPTY, onControl: () => undefined, port: 0, token: createToken() };

  it("serves on ::1 when asked", async ({ skip }) => {
    const { pageDir, remove } = pageFolder();
    const started = await startDashboard({ ...options, host: "::1", pageDir }).catch(() => undefined);
    if (started === undefined) return skip("this machine has no IPv6");
    expect((await fetch(started.url)).status).toBe(200);
    await started.close();
    remove();
  });

  it("says which port is taken", async () => {
    const { pageDir, remove } = pageFolder();
    const second = startDashboard({ ...options, host: "127.0.0.1", port: world.port, pageDir });
    await expect(second).rejects.toMatchObject({ code: "DASHBOARD_LISTEN", exitCode: 74 });
    remove();
  });

  it("takes a free port instead of a taken one when any will do, and says which", async () => {
    const { pageDir, remove } = pageFolder();
    const place = { host: "127.0.0.1", port: world.port, portFallback: true };
    const second = await startDashboard({ ...options, ...place, pageDir });
    expect(Number(new URL(second.url).port)).not.toBe(world.port);
    expect((await fetch(second.url)).status).toBe(200);
    await second.close();
    const again = await startDashboard({ ...options, ...place, port: 0, pageDir });
    await again.close();
    remove();
  });

  it("says that an address is not this machine's, whatever port it may take", async () => {
    const { pageDir, remove } = pageFolder();
    // TEST-NET-3: an address for documents, which no machine has.
    const place = { host: "203.0.113.1", insecureLan: true, portFallback: true };
    await expect(startDashboard({ ...options, ...place, pageDir })).rejects.toMatchObject({
      code: "DASHBOARD_LISTEN",
      message: expect.stringContaining("this machine has no such address"),
    });
    remove();
  });

  it("closes with viewers, silent viewers and half-sent requests connected", async () => {
    const viewer = await openViewer(world);
    await openSilentViewer(world);
    const half = connect(world.port, "127.0.0.1", () => half.write("GET / HTTP/1.1\r\nHost:"));
    half.on("error", () => undefined);
    await until(() => half.bytesWritten > 0, "half a request");
    await world.close();
    expect(await viewer.closed).toBe(1001);
    await until(() => world.counts().viewers === 0, "all viewers to be gone");
  });
});
