/** The text messages of the wire: only what is exactly one is taken for one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_CONTROL_BYTES, parseNotice, parseWish } from "../../src/dashboard/protocol.ts";

describe("a wish of the page", () => {
  it.each([
    ['{"kind":"learning","on":true}', { kind: "learning", on: true }],
    ['{"on":false,"kind":"learning"}', { kind: "learning", on: false }],
    ['{"kind":"hidden","on":true}', { kind: "hidden", on: true }],
    ['{"kind":"echo","id":7}', { kind: "echo", id: 7 }],
    ['{"kind":"name","group":3,"name":"circle"}', { kind: "name", group: 3, name: "circle" }],
    ['{"kind":"name","group":3,"name":""}', { kind: "name", group: 3, name: "" }],
    ['{"kind":"reward","decision":7,"outcome":"right"}', { kind: "reward", decision: 7, outcome: "right" }],
    ['{"outcome":"wrong","kind":"reward","decision":7}', { kind: "reward", decision: 7, outcome: "wrong" }],
    [
      '{"kind":"reward","decision":7,"outcome":"wrong","truth":"a chair"}',
      { kind: "reward", decision: 7, outcome: "wrong", truth: "a chair" },
    ],
    ['{"kind":"reset"}', { kind: "reset" }],
    ['{"kind":"stop"}', { kind: "stop" }],
  ])("is understood when it is exactly one: %s", (message, wish) => {
    expect(parseWish(message)).toEqual(wish);
  });

  it.each([
    "",
    "null",
    "[]",
    '"stop"',
    '{"kind":"learning"}',
    '{"kind":"learning","on":1}',
    '{"kind":"learning","on":true,"also":1}',
    '{"kind":"hidden","on":"yes"}',
    '{"kind":"echo","id":-1}',
    '{"kind":"echo","id":1.5}',
    '{"kind":"name","group":-1,"name":"a"}',
    '{"kind":"name","group":0,"name":7}',
    '{"kind":"name","group":0,"name":" a"}',
    '{"kind":"name","group":0,"name":"a\\u0007b"}',
    `{"kind":"name","group":0,"name":"${"a".repeat(25)}"}`,
    '{"kind":"reward","decision":-1,"outcome":"right"}',
    '{"kind":"reward","decision":1,"outcome":"perhaps"}',
    '{"kind":"reward","decision":1,"outcome":"right","truth":"a"}',
    '{"kind":"reward","decision":1,"outcome":"wrong","truth":""}',
    '{"kind":"reward","decision":1,"outcome":"wrong","truth":" a"}',
    `{"kind":"reward","decision":1,"outcome":"wrong","truth":"${"a".repeat(25)}"}`,
    '{"kind":"reset","files":true}',
    '{"kind":"stop","__proto__":{}}',
    '{"__proto__":{"kind":"stop"}}',
    '{"kind":"exec","command":"id"}',
    '{"kind":"stop"',
    `{"kind":"stop"${" ".repeat(MAX_CONTROL_BYTES)}}`,
    "[".repeat(MAX_CONTROL_BYTES),
  ])("is refused when it is %.60s", (message) => {
    expect(parseWish(message)).toBeUndefined();
  });

  it("is only ever a known one, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parseWish(json)).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("a notice of the server", () => {
  it("is understood when it is one, and nothing otherwise", () => {
    expect(parseNotice('{"kind":"hello","protocol":3}')).toEqual({ kind: "hello", protocol: 3 });
    expect(parseNotice('{"kind":"skipped","count":3}')).toEqual({ kind: "skipped", count: 3 });
    expect(parseNotice('{"kind":"echo","id":3}')).toEqual({ kind: "echo", id: 3 });
    for (const other of [
      '{"kind":"skipped","count":-1}',
      '{"kind":"skipped"}',
      '{"kind":"echo"}',
      "7",
      "{",
    ]) {
      expect(parseNotice(other)).toBeUndefined();
    }
  });
});
