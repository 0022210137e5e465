/** Where the page may be served, and the names it answers to there. */
import { describe, expect, it } from "vitest";
import {
  allowedHosts,
  checkExposure,
  type Network,
  readAddress,
  shownUrl,
} from "../../src/dashboard/address.ts";

const v4 = (address: string, internal = false) =>
  ({ address, internal, family: "IPv4", netmask: "255.255.255.0", mac: "", cidr: null }) as const;
const v6 = (address: string, scopeid: number, internal = false) =>
  ({ address, internal, family: "IPv6", netmask: "", mac: "", cidr: null, scopeid }) as const;

const network: Network = {
  hostname: () => "Lab-Pi",
  interfaces: () => ({
    lo: [v4("127.0.0.1", true), v6("::1", 0, true)],
    eth0: [v6("fe80::1:2", 2), v6("2001:db8::7", 0), v4("192.168.1.5")],
  }),
};
const at = (host: string, port = 8700) =>
  [...allowedHosts(readAddress(host), { port, scheme: "http", network })].sort();
const LOOPBACK = ["127.0.0.1:8700", "[::1]:8700", "localhost:8700"];

describe("the address to serve on", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1", true, false],
    ["localhost", "127.0.0.1", true, false],
    ["127.0.0.2", "127.0.0.2", true, false],
    ["::1", "::1", true, false],
    ["[::1]", "::1", true, false],
    ["0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1", true, false],
    ["192.168.1.5", "192.168.1.5", false, false],
    ["128.0.0.1", "128.0.0.1", false, false],
    ["0.0.0.0", "0.0.0.0", false, true],
    ["::", "::", false, true],
    ["0::0", "0::0", false, true],
    ["::ffff:127.0.0.1", "::ffff:127.0.0.1", false, false],
    ["2001:DB8::7", "2001:DB8::7", false, false],
  ])("is read from %s", (given, host, isLoopback, isEvery) => {
    expect(readAddress(given)).toEqual({ host, isLoopback, isEvery });
  });

  it.each(["example.org", "", "0", "127.1", "127.0.0.1:80", "localhost.", "fe80::1%eth0", "*"])(
    "is not %s",
    (given) => {
      expect(() => readAddress(given)).toThrow(
        expect.objectContaining({ code: "DASHBOARD_HOST", exitCode: 2 }),
      );
    },
  );
});

describe("other machines", () => {
  const yes = true;
  const no = false;
  it.each([
    ["127.0.0.1", no, no, "served"],
    ["127.0.0.1", yes, no, "served"],
    ["127.0.0.1", no, yes, "served"],
    ["::1", no, no, "served"],
    ["192.168.1.5", no, no, "refused"],
    ["192.168.1.5", yes, no, "served"],
    ["192.168.1.5", no, yes, "served"],
    ["192.168.1.5", yes, yes, "served"],
    ["0.0.0.0", no, no, "refused"],
    ["0.0.0.0", yes, no, "served"],
    ["0.0.0.0", no, yes, "served"],
    ["::", no, no, "refused"],
    ["::", yes, no, "served"],
    ["::", no, yes, "served"],
    ["::ffff:127.0.0.1", no, no, "refused"],
  ])("on %s with encryption %s and consent %s are %s", (host, isSecure, insecureLan, outcome) => {
    const check = () => checkExposure(readAddress(host), { isSecure, insecureLan });
    if (outcome === "served") return expect(check()).toBeUndefined();
    expect(check).toThrow(
      expect.objectContaining({
        code: "DASHBOARD_HOST",
        exitCode: 2,
        message: expect.stringMatching(/--tls-cert and --tls-key.*--insecure-lan.*ssh -L/),
      }),
    );
  });
});

describe("the names the page answers to", () => {
  it("are those of loopback when it is served there", () => {
    expect(at("127.0.0.1")).toEqual(LOOPBACK);
    expect(at("127.0.0.2")).toEqual(["127.0.0.1:8700", "127.0.0.2:8700", "[::1]:8700", "localhost:8700"]);
  });

  it("are the address and the machine's names when it is served on one address", () => {
    expect(at("192.168.1.5")).toEqual(["192.168.1.5:8700", "lab-pi.local:8700", "lab-pi:8700"]);
    expect(at("2001:DB8:0::7")).toContain("[2001:db8::7]:8700");
  });

  it("are all addresses and names when it is served on all, but none that needs an interface named", () => {
    const all = ["192.168.1.5:8700", "[2001:db8::7]:8700", "lab-pi.local:8700", "lab-pi:8700", ...LOOPBACK];
    expect(at("0.0.0.0")).toEqual(all.sort());
    expect(at("::")).toEqual(all.sort());
  });

  it("follow the machine when it gets another address", () => {
    let address = "192.168.1.5";
    const moving = { ...network, interfaces: () => ({ eth0: [v4(address)] }) };
    const hosts = () => allowedHosts(readAddress("0.0.0.0"), { port: 1, scheme: "http", network: moving });
    expect(hosts().has("192.168.1.5:1")).toBe(true);
    address = "192.168.1.6";
    expect([hosts().has("192.168.1.5:1"), hosts().has("192.168.1.6:1")]).toEqual([false, true]);
  });

  it("go without the port only on the port that the scheme implies", () => {
    expect(at("127.0.0.1", 80)).toContain("localhost");
    expect(at("127.0.0.1", 443)).not.toContain("localhost");
    const secure = allowedHosts(readAddress("::1"), { port: 443, scheme: "https", network });
    expect(secure.has("[::1]")).toBe(true);
  });
});

describe("the address to print", () => {
  it.each([
    ["127.0.0.1", "http://127.0.0.1:8700/"],
    ["::1", "http://[::1]:8700/"],
    ["192.168.1.5", "http://192.168.1.5:8700/"],
    ["0.0.0.0", "http://192.168.1.5:8700/"],
    ["::", "http://192.168.1.5:8700/"],
  ])("for %s is %s", (host, url) => {
    expect(shownUrl(readAddress(host), { port: 8700, scheme: "http", network })).toBe(url);
  });

  it("is loopback's while the machine has no other", () => {
    const alone = { ...network, interfaces: () => ({ lo: [v4("127.0.0.1", true)] }) };
    const url = shownUrl(readAddress("0.0.0.0"), { port: 8700, scheme: "https", network: alone });
    expect(url).toBe("https://127.0.0.1:8700/");
  });
});
