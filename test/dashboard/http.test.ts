/** The page's files: a fixed table, strict headers, nothing else. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPage } from "../../src/dashboard/http.ts";
import { dashboardWorld, type World } from "./world.ts";

type Answer = { status: number; headers: Record<string, unknown>; body: string };

function ask(
  world: World,
  path: string,
  method = "GET",
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: world.port, path, method, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the page over HTTP", () => {
  let world: World;
  beforeAll(async () => {
    world = await dashboardWorld();
  });
  afterAll(() => world.end());

  it("is served at / with a policy that allows only its own files", async () => {
    const { status, headers, body } = await ask(world, "/");
    expect(status).toBe(200);
    expect(body).toContain("<title>spikeline</title>");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'; connect-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
  });

  it("serves its other files by their hashed names for ever", async () => {
    const { status, headers } = await ask(world, "/main-abc.js");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(headers["cache-control"]).toContain("immutable");
  });

  it("answers HEAD without a body", async () => {
    const { status, headers, body } = await ask(world, "/", "HEAD");
    expect([status, body]).toEqual([200, ""]);
    expect(Number(headers["content-length"])).toBeGreaterThan(0);
  });

  it.each(["/nothing", "/index.html", "/../package.json", "/%2e%2e/package.json", "/stream/", "/?", "//"])(
    "knows nothing at %s",
    async (path) => {
      expect((await ask(world, path)).status).toBe(404);
    },
  );

  it.each(["GET", "HEAD"])("answers %s of the stream with 426 and the way to open it", async (method) => {
    const { status, headers } = await ask(world, "/stream", method);
    expect(status).toBe(426);
    expect(headers).toMatchObject({ upgrade: "websocket", "cache-control": "no-store" });
    expect(headers).not.toHaveProperty("retry-after");
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("refuses %s", async (method) => {
    expect((await ask(world, "/", method)).status).toBe(405);
  });

  it.each(["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", "169.254.1.1", "0.0.0.0"])(
    "refuses the host %s with 421 and says nothing about itself",
    async (host) => {
      const { status, body } = await ask(world, "/", "GET", { host });
      expect(status).toBe(421);
      expect(body).not.toContain("<");
    },
  );

  it("refuses to be embedded by another site, and sends the policy with every answer and no CORS header", async () => {
    for (const headers of [{ "sec-fetch-site": "cross-site" }, { host: "evil.example" }, {}]) {
      const answer = await ask(world, "/nothing", "GET", headers as Record<string, string>);
      expect(answer.status).toBeGreaterThanOrEqual(403);
      expect(answer.headers["content-security-policy"]).toBeDefined();
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });
});

describe("a page that was not built", () => {
  it("stops the start and says how to build it", async () => {
    await expect(readPage("/nowhere/at/all")).rejects.toMatchObject({
      code: "DASHBOARD_PAGE_MISSING",
      message: expect.stringContaining("npm run build:page"),
    });
  });
});
