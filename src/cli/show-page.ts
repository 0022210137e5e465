/** Serves the page of a running pipeline: token, certificate, address. Shared by `run` and `start`. */
import { mkdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { readEnvironment } from "../config/environment.ts";
import { ioError, noInputError, systemCode, usageError } from "../core/errors.ts";
import { readAddress } from "../dashboard/address.ts";
import { addressWithToken, loadOrCreateToken } from "../dashboard/auth.ts";
import { type Dashboard, startDashboard } from "../dashboard/server.ts";
import type { PipelineWorker } from "../pipeline/start-worker.ts";
import type { Output } from "./output.ts";

/** Where the page is when nobody says otherwise; a free port is taken when another program is there. */
const USUAL_PORT = 8700;

export type PageOptions = {
  readonly host: string;
  readonly port?: number | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly insecureLan: boolean;
};

/** The options of a command that serves a page. */
export const withPageOptions = (command: Command): Command =>
  command
    .option("--host <host>", "address of the page (default: 127.0.0.1)")
    .option("--port <port>", "port of the page, 0 for any free one (default: 8700, or a free one)")
    .option("--tls-cert <file>", "certificate (PEM) of the page, for another host than this machine")
    .option("--tls-key <file>", "its key (PEM)")
    .option(
      "--insecure-lan",
      "serve other machines without encryption: who can listen in the network can read along",
    );

/** The folder for what outlives a run, made if need be. */
export async function openStateFolder(): Promise<string> {
  const { stateFolder } = readEnvironment();
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw ioError(
      "STATE_FOLDER",
      `Expected to make the folder ${stateFolder} for the page's token, but the system says ${systemCode(error)}; name another with XDG_STATE_HOME.`,
      error,
    );
  }
  return stateFolder;
}

export async function showPage(
  pipeline: PipelineWorker,
  options: PageOptions,
  output: Output,
): Promise<Dashboard> {
  const { host, port: asked, insecureLan } = options;
  const token = await loadOrCreateToken(join(await openStateFolder(), "token"));
  const dashboard = await startDashboard({
    snapshots$: pipeline.snapshots$,
    onControl: (control) => pipeline.send(control),
    host,
    port: asked ?? USUAL_PORT,
    portFallback: asked === undefined,
    token,
    tls: await readCertificate(options),
    insecureLan,
    pageDir: fileURLToPath(new URL("../page", import.meta.url)),
  });
  const { port, hostname: shownHost } = new URL(dashboard.url);
  if (asked === undefined && Number(port) !== USUAL_PORT) {
    output.announce(`Port ${USUAL_PORT} is taken by another program; this page is at port ${port}.`);
  }
  output.announce(`The page: ${addressWithToken(dashboard.url, token)}`);
  if (readAddress(host).isLoopback) {
    // ssh listens at the far machine's 127.0.0.1 unless told otherwise; the printed address has to work there too.
    const at = shownHost === "127.0.0.1" ? "" : `${shownHost}:`;
    output.announce(`From another machine, first: ssh -L ${at}${port}:${shownHost}:${port} ${hostname()}`);
  }
  return dashboard;
}

async function readCertificate({ tlsCert, tlsKey }: PageOptions) {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw usageError(
      "TLS_PAIR",
      `Expected --tls-cert and --tls-key together, but only --tls-${tlsCert === undefined ? "key" : "cert"} came.`,
    );
  }
  const read = async (path: string) => {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      const what = `Expected to read ${path} for the page's encryption, but the system says ${systemCode(error)}.`;
      throw systemCode(error) === "ENOENT"
        ? noInputError("TLS_MISSING", what)
        : ioError("TLS_READ", what, error);
    }
  };
  return { cert: await read(tlsCert), key: await read(tlsKey) };
}
