/** The program while it runs, and a viewer at its page that needs no browser: it sees what the page sees, and steers. */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { filter, firstValueFrom, ReplaySubject, Subject } from "rxjs";
import { afterAll } from "vitest";
import { WebSocket } from "ws";
import type { Control } from "../../src/core/control.ts";
import type { Learned } from "../../src/core/telemetry.ts";
import {
  decodeMessage,
  type SnapshotMessage,
  STREAM_PATH,
  SUBPROTOCOL,
  TOKEN_PREFIX,
} from "../../src/dashboard/protocol.ts";
import { MAIN, type Ran } from "./program.ts";

export type LiveProgram = {
  /** The page's, with the token, as it is printed. */
  readonly address: Promise<string>;
  /** Sends the signal and waits for the end. */
  readonly end: (signal?: NodeJS.Signals) => Promise<Ran>;
};

type Setting = {
  /** XDG_STATE_HOME of the program. */
  readonly state: string;
  /** Words before `node main.js …` that run what follows them, such as a shell that sets a limit. */
  readonly through?: readonly string[];
};

const ADDRESS = /^The page: (https?:\/\/\S+#token=[\w-]{43})\n/m;

/** Starts programs; whatever still runs when the tests of the file are over is ended. */
export function livePrograms(): (args: readonly string[], setting: Setting) => LiveProgram {
  const running = new Set<ChildProcess>();
  afterAll(() => {
    for (const child of running) child.kill("SIGKILL");
  });
  return (args, { state, through = [] }) => {
    const [command = process.execPath, ...words] = [...through, process.execPath, MAIN, ...args];
    const child = spawn(command, words, {
      env: { ...process.env, XDG_STATE_HOME: state },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        said[stream] += text;
      });
    }
    const ended = new Promise<Ran>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        running.delete(child);
        resolve({ code, ...said });
      });
    });
    const address = new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = ADDRESS.exec(`${said.stdout}${said.stderr}`)?.[1];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      ended.then(
        ({ code, stderr }) => reject(new Error(`Expected a page, but exit ${code}: ${stderr}`)),
        reject,
      );
    });
    // Whoever waits for the address is told; a program that prints none is no fault by itself.
    address.catch(() => undefined);
    return {
      address,
      end: (signal = "SIGINT") => {
        child.kill(signal);
        return ended;
      },
    };
  };
}

export type Watcher = {
  readonly send: (control: Control) => void;
  /** The first snapshot from now on that is as wanted. */
  readonly snapshot: (isWanted: (snapshot: SnapshotMessage) => boolean) => Promise<SnapshotMessage>;
  /** The same for what was learned; what came last counts as well. */
  readonly learned: (isWanted: (learned: Learned) => boolean) => Promise<Learned>;
};

/** Opens the stream as the page at this address would. Waiting fails when the program closes it. */
export async function watch(address: string): Promise<Watcher> {
  const { host, origin, hash } = new URL(address);
  const token = hash.replace("#token=", "");
  const socket = new WebSocket(`ws://${host}${STREAM_PATH}`, [SUBPROTOCOL, `${TOKEN_PREFIX}${token}`], {
    origin,
  });
  const snapshots$ = new Subject<SnapshotMessage>();
  const learned$ = new ReplaySubject<Learned>(1);
  const fail = (error: Error) => {
    snapshots$.error(error);
    learned$.error(error);
  };
  socket.on("message", (data, isBinary) => {
    const message = isBinary ? decodeMessage(data as Buffer) : undefined;
    if (message?.kind === "snapshot") snapshots$.next(message.snapshot);
    if (message?.kind === "learned") learned$.next(message.learned);
  });
  socket.once("close", (code) => fail(new Error(`Expected the stream to go on, but it closed: ${code}.`)));
  socket.once("error", fail);
  await firstValueFrom(snapshots$);
  return {
    send: (control) => socket.send(JSON.stringify(control)),
    snapshot: (isWanted) => firstValueFrom(snapshots$.pipe(filter(isWanted))),
    learned: (isWanted) => firstValueFrom(learned$.pipe(filter(isWanted))),
  };
}
