/** Serving other machines: only encrypted or by consent, with the token asked all the same. */
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { EMPTY } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createToken } from "../../src/dashboard/auth.ts";
import { type DashboardOptions, startDashboard } from "../../src/dashboard/server.ts";
import { selfSigned } from "./self-signed.ts";
import { dashboardWorld, pageFolder, snapshotOf, subprotocols, until, type World } from "./world.ts";

const tls = selfSigned();
let world: World | undefined;
afterEach(async () => {
  await world?.end();
  world = undefined;
});

/** Status of an upgrade, 101 when it opened; what it said of waiting. */
function knock(
  { url }: World,
  { token, ...headers }: { readonly token: string; readonly origin?: string; readonly host?: string },
) {
  const { protocol, port, host } = new URL(url);
  const [ws, http] = protocol === "https:" ? ["wss", "https"] : ["ws", "http"];
  return new Promise<{ status: number; retryAfter: string | undefined }>((resolve, reject) => {
    const socket = new WebSocket(`${ws}://127.0.0.1:${port}/stream`, subprotocols(token), {
      headers: { origin: `${http}://${headers.host ?? host}`, host, ...headers },
      ca: tls.cert,
    });
    socket.on("error", reject);
    socket.on("unexpected-response", (asked, { statusCode = 0, headers: told }) => {
      resolve({ status: statusCode, retryAfter: told["retry-after"] });
      asked.destroy();
    });
    socket.on("open", () => {
      socket.close();
      resolve({ status: 101, retryAfter: undefined });
    });
  });
}

describe("an address that others can reach", () => {
  const options = { snapshots$: EMPTY, onControl: () => undefined, port: 0, token: createToken() };
  const cases: [string, Partial<DashboardOptions>, string][] = [
    ["all addresses in the clear", { host: "0.0.0.0" }, "DASHBOARD_HOST"],
    ["all IPv6 addresses in the clear", { host: "::" }, "DASHBOARD_HOST"],
    ["one address in the clear", { host: "192.168.1.5" }, "DASHBOARD_HOST"],
    ["no consent", { host: "0.0.0.0", insecureLan: false }, "DASHBOARD_HOST"],
    ["a name", { host: "example.org", insecureLan: true }, "DASHBOARD_HOST"],
    ["a bad certificate", { host: "0.0.0.0", tls: { ...tls, cert: "x" } }, "TLS_CERTIFICATE"],
    [
      "a bad key, consent or not",
      { host: "127.0.0.1", tls: { ...tls, key: "x" }, insecureLan: true },
      "TLS_KEY",
    ],
  ];
  it.each(cases)("is refused before anything listens: %s", async (_, place, code) => {
    const { pageDir, remove } = pageFolder();
    const started = startDashboard({ ...options, host: "127.0.0.1", ...place, pageDir });
    await expect(started).rejects.toMatchObject({ code });
    remove();
  });

  it("is served by consent to those who name it and have the token", async () => {
    world = await dashboardWorld({ host: "0.0.0.0", insecureLan: true });
    const { token, url, port } = world;
    const outside = new URL(url).host;
    expect(outside).toMatch(/^(\d+\.){3}\d+:\d+$/);
    expect((await knock(world, { token, host: outside })).status).toBe(101);
    expect((await knock(world, { token, host: `127.0.0.1:${port}` })).status).toBe(101);
    expect((await knock(world, { token: createToken(), host: outside })).status).toBe(401);
    expect((await knock(world, { token, host: `evil.example:${port}` })).status).toBe(421);
    expect((await knock(world, { token, host: outside, origin: `http://evil.example` })).status).toBe(403);
    expect((await knock(world, { token, host: outside, origin: `https://${outside}` })).status).toBe(403);
  });
});

describe("an encrypted page", () => {
  it("is served with its policy, and its stream opens for it alone", async () => {
    world = await dashboardWorld({ tls });
    const { token, url } = world;
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
    const headers = await new Promise<object>((resolve, reject) => {
      const asked = request(url, { ca: tls.cert }, (response) => {
        response.resume();
        resolve(response.headers);
      });
      asked.on("error", reject);
      asked.end();
    });
    expect(headers).toMatchObject({
      "content-security-policy": expect.stringContaining("connect-src 'self'"),
    });
    expect((await knock(world, { token })).status).toBe(101);
    expect((await knock(world, { token: createToken() })).status).toBe(401);
    expect((await knock(world, { token, origin: url.replace("https", "http").slice(0, -1) })).status).toBe(
      403,
    );
  });

  it("sends snapshots", async () => {
    world = await dashboardWorld({ tls });
    const { url, token, port } = world;
    world.snapshots.next(snapshotOf());
    const socket = new WebSocket(`wss://127.0.0.1:${port}/stream`, subprotocols(token), {
      ca: tls.cert,
      origin: url.slice(0, -1),
    });
    let binaries = 0;
    socket.on("message", (_, isBinary) => {
      if (isBinary) binaries++;
    });
    await until(() => binaries === 1, "the snapshot");
  });

  it("closes while somebody is in the middle of a handshake", async () => {
    world = await dashboardWorld({ tls });
    const half = connectTcp(world.port, "127.0.0.1");
    half.on("error", () => undefined);
    await new Promise((resolve) => half.once("connect", resolve));
    const cut = new Promise((resolve) => half.once("close", resolve));
    await world.close();
    await cut;
    // Sooner than the handshake itself would time out.
  }, 4_500);

  it("does not talk in the clear, nor in TLS before 1.3, and lives on", async () => {
    world = await dashboardWorld({ tls });
    const { port, token, url } = world;
    const plain = connectTcp(port, "127.0.0.1", () => plain.write(`GET / HTTP/1.1\r\nHost: ${url}\r\n\r\n`));
    let told = "";
    plain.on("data", (data) => {
      told += data.toString("latin1");
    });
    plain.on("error", () => undefined);
    await new Promise((resolve) => plain.once("close", resolve));
    expect(told).not.toContain("HTTP/1.1");
    const old = connectTls({ port, host: "127.0.0.1", ca: tls.cert, maxVersion: "TLSv1.2" });
    const failure = await new Promise<Error>((resolve) => old.once("error", resolve));
    expect(failure.message).toMatch(/protocol version/i);
    expect((await knock(world, { token })).status).toBe(101);
  });
});

describe("wrong tokens", () => {
  it("are told to wait after ten in a minute, while the right one opens", async () => {
    let nowUs = 0;
    world = await dashboardWorld({ clock: { nowUs: () => nowUs, cpuUs: () => 0 } });
    const { url, token } = world;
    const wrong = createToken();
    const askStream = async () => {
      const { status, headers } = await fetch(new URL("/stream", url), { method: "HEAD" });
      return [status, headers.get("retry-after")];
    };
    for (let i = 0; i < 10; i++) expect((await knock(world, { token: wrong })).status).toBe(401);
    expect(await askStream()).toEqual([426, null]);
    nowUs = 20_000_000;
    expect(await knock(world, { token: wrong })).toEqual({ status: 429, retryAfter: "40" });
    expect(await askStream()).toEqual([429, "40"]);
    expect((await fetch(url)).status).toBe(200);
    expect((await knock(world, { token })).status).toBe(101);
    nowUs = 60_000_000;
    expect(await askStream()).toEqual([426, null]);
    expect((await knock(world, { token: wrong })).status).toBe(401);
  });

  it("are counted, but not a wrong Host or Origin, which say nothing of a token", async () => {
    world = await dashboardWorld();
    const { token } = world;
    for (let i = 0; i < 12; i++) {
      expect((await knock(world, { token, origin: "http://evil.example" })).status).toBe(403);
    }
    expect((await knock(world, { token: createToken() })).status).toBe(401);
  });
});
