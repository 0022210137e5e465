/** The gate as a pure function: among very many headers, only the one right combination opens. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowedHosts, readAddress } from "../../src/dashboard/address.ts";
import { createToken } from "../../src/dashboard/auth.ts";
import { type Asked, judgeRequest, judgeStreamRequest, judgeUpgrade } from "../../src/dashboard/gate.ts";
import { SUBPROTOCOL } from "../../src/dashboard/protocol.ts";
import { subprotocols } from "./world.ts";

const token = createToken();
const hosts = allowedHosts(readAddress("127.0.0.1"), { port: 8080, scheme: "http" });
const door = { hosts, scheme: "http", token } as const;
const good: Asked = {
  method: "GET",
  path: "/stream",
  host: ["127.0.0.1:8080"],
  origin: ["http://127.0.0.1:8080"],
  fetchSite: ["same-origin"],
  fetchMode: ["websocket"],
  fetchDest: ["empty"],
  subprotocols: subprotocols(token),
};

/** Values near the right ones, which is where a bypass would hide. */
const near = (right: string) =>
  fc.oneof(
    fc.constantFrom(
      "null",
      "",
      right,
      right.toUpperCase(),
      ` ${right}`,
      `${right}.evil.example`,
      `${right}@evil.example`,
      right.replace("8080", "80"),
      right.replace("8080", "80800"),
      right.replace("127.0.0.1", "0.0.0.0"),
      right.replace("127.0.0.1", "evil.example"),
      right.replace("http:", "https:"),
      right.replace(":8080", ""),
    ),
    fc.string({ maxLength: 30 }),
  );
const headerNear = (right: string) => fc.array(near(right), { maxLength: 2 });

describe("the gate of the stream", () => {
  it("lets in the page itself under each of its names", () => {
    for (const host of hosts) {
      expect(judgeUpgrade({ ...good, host: [host], origin: [`http://${host}`] }, door)).toBeUndefined();
    }
  });

  it("takes only an encrypted page as its own when it is encrypted", () => {
    const secure = { ...door, scheme: "https" } as const;
    expect(judgeUpgrade(good, secure)?.status).toBe(403);
    expect(judgeUpgrade({ ...good, origin: ["https://127.0.0.1:8080"] }, secure)).toBeUndefined();
    expect(judgeUpgrade({ ...good, origin: ["https://127.0.0.1:8080"] }, door)?.status).toBe(403);
  });

  it("lets in a browser that sends no fetch metadata", () => {
    expect(judgeUpgrade({ ...good, fetchSite: [] }, door)).toBeUndefined();
  });

  it("opens for nothing but the right headers, in 100,000 tries near them", () => {
    const asked = fc.record({
      host: headerNear("127.0.0.1:8080"),
      origin: headerNear("http://127.0.0.1:8080"),
      given: headerNear(`token.${token}`),
    });
    let opened = 0;
    fc.assert(
      fc.property(asked, ({ host, origin, given }) => {
        const names = [SUBPROTOCOL, ...given];
        const right =
          host.length === 1 &&
          origin.length === 1 &&
          hosts.has(host[0] ?? "") &&
          origin[0] === `http://${host[0]}` &&
          given.filter((name) => name.startsWith("token.")).join() === `token.${token}`;
        const open = judgeUpgrade({ ...good, host, origin, subprotocols: names }, door) === undefined;
        if (open) opened++;
        expect(open).toBe(right);
      }),
      { numRuns: 100_000 },
    );
    expect(opened).toBeGreaterThan(0);
  });
});

describe("the gate of the page files", () => {
  const request = {
    ...good,
    path: "/",
    origin: [],
    subprotocols: [],
    fetchMode: ["no-cors"],
    fetchDest: ["script"],
  };

  it("lets in the address bar, the page itself, and a link on another page", () => {
    expect(judgeRequest({ ...request, fetchSite: ["none"] }, hosts)).toBeUndefined();
    expect(judgeRequest({ ...request, fetchSite: ["same-origin"] }, hosts)).toBeUndefined();
    const link = { ...request, fetchSite: ["cross-site"], fetchMode: ["navigate"], fetchDest: ["document"] };
    expect(judgeRequest(link, hosts)).toBeUndefined();
  });

  it("refuses to be embedded, framed or fetched by another page", () => {
    for (const site of ["cross-site", "same-site"]) {
      expect(judgeRequest({ ...request, fetchSite: [site] }, hosts)?.status).toBe(403);
      const frame = { ...request, fetchSite: [site], fetchMode: ["navigate"], fetchDest: ["iframe"] };
      expect(judgeRequest(frame, hosts)?.status).toBe(403);
    }
  });
});

describe("the stream asked for without a WebSocket", () => {
  it("says that it opens by WebSocket only, or how long to wait", () => {
    expect(judgeStreamRequest(undefined)).toMatchObject({ status: 426 });
    expect(judgeStreamRequest(17)).toMatchObject({ status: 429, retryAfterSeconds: 17 });
  });
});
