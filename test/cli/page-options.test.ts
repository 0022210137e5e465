import { writeFileSync } from "node:fs";
import { get } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { selfSigned } from "../dashboard/self-signed.ts";
import { livePrograms } from "./live-program.ts";
import { expectRefusal, type Ran, spikeline, temporaryFolder } from "./program.ts";

const folder = temporaryFolder();
const launch = livePrograms();

/** With --json what it says on the way is on stderr, before the refusal. */
const refusedStart = (...args: readonly string[]): Promise<Ran> =>
  spikeline(["start", "--json", ...args], { state: folder.fresh() });

/** Takes a port of the loopback; undefined when another program has it. */
async function occupy(port: number) {
  const server = createServer();
  const isOurs = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  const address = server.address();
  return {
    port: isOurs && typeof address === "object" && address !== null ? address.port : port,
    free: () => server.close(),
  };
}

describe.concurrent("the page of a live command", () => {
  test("is at another port when another program has the usual one, and says so", async () => {
    const usual = await occupy(8700);
    try {
      const program = launch(["start"], { state: folder.fresh() });
      const { port } = new URL(await program.address);
      expect(port).not.toBe("8700");
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
      const { code, stdout } = await program.end();
      expect(code).toBe(0);
      expect(stdout).toContain(`Port 8700 is taken by another program; this page is at port ${port}.\n`);
    } finally {
      usual.free();
    }
  });

  test("is nowhere when another program has the port that was asked for", async () => {
    const other = await occupy(0);
    try {
      const refused = await refusedStart("--port", `${other.port}`);
      expectRefusal(refused, 74, "DASHBOARD_LISTEN", /another program listens there; choose another --port/);
    } finally {
      other.free();
    }
  });

  test("is encrypted with a certificate and its key", async () => {
    const { cert, key } = selfSigned();
    const files = folder.fresh();
    writeFileSync(join(files, "cert.pem"), cert);
    writeFileSync(join(files, "key.pem"), key);
    const tls = ["--tls-cert", join(files, "cert.pem"), "--tls-key", join(files, "key.pem")];
    const program = launch(["start", "--port", "0", ...tls], { state: folder.fresh() });
    const { origin } = new URL(await program.address);
    expect(origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const status = await new Promise((resolve, reject) => {
      get(origin, { ca: cert }, (response) => resolve(response.resume().statusCode)).once("error", reject);
    });
    expect(status).toBe(200);
    expect((await program.end()).code).toBe(0);
  });

  test("is open to other machines without encryption by consent", async () => {
    const open = ["--port", "0", "--host", "0.0.0.0", "--insecure-lan"];
    const program = launch(["start", ...open], { state: folder.fresh() });
    const address = new URL(await program.address);
    expect(address.protocol).toBe("http:");
    expect((await fetch(`http://127.0.0.1:${address.port}/`)).status).toBe(200);
    const { code, stdout } = await program.end();
    expect(code).toBe(0);
    expect(stdout).not.toContain("ssh -L");
  });

  test("is at any address of the loopback without more ado", async () => {
    const program = launch(["start", "--port", "0", "--host", "127.0.0.2"], { state: folder.fresh() });
    const address = await program.address;
    expect(address).toMatch(/^http:\/\/127\.0\.0\.2:/);
    expect((await fetch(address)).status).toBe(200);
    const { code, stdout } = await program.end();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^From another machine, first: ssh -L 127\.0\.0\.2:(\d+):127\.0\.0\.2:\1 /m);
  });
});

describe.concurrent("a live command refuses", () => {
  test("to serve other machines without encryption", async () => {
    const refused = await refusedStart("--host", "0.0.0.0", "--port", "0");
    expectRefusal(
      refused,
      2,
      "DASHBOARD_HOST",
      /found 0\.0\.0\.0, .* --tls-cert and --tls-key, .*--insecure-lan/,
    );
  });

  test("a certificate without its key, and a key without its certificate", async () => {
    const cert = await refusedStart("--port", "0", "--tls-cert", "cert.pem");
    expectRefusal(cert, 2, "TLS_PAIR", /but only --tls-cert came/);
    const key = await refusedStart("--port", "0", "--tls-key", "key.pem");
    expectRefusal(key, 2, "TLS_PAIR", /but only --tls-key came/);
  });

  test("a certificate that is not there, or is none", async () => {
    const files = folder.fresh();
    const refuse = (file: string) =>
      refusedStart("--port", "0", "--tls-cert", join(files, file), "--tls-key", join(files, "key.pem"));
    writeFileSync(join(files, "key.pem"), selfSigned().key);
    writeFileSync(join(files, "none.pem"), "no certificate");
    expectRefusal(await refuse("absent.pem"), 66, "TLS_MISSING", /absent\.pem for the page's encryption/);
    expectRefusal(await refuse("none.pem"), 65, "TLS_CERTIFICATE", /BEGIN CERTIFICATE/);
  });

  test("a port that is none", async () => {
    expectRefusal(await refusedStart("--port", "65536"), 2, "OPTION_VALUE", /0 to 65535 for --port/);
  });
});
