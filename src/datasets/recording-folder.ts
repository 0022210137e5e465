/**
 * A folder of recordings, or a single one, and the text file that names the class of each.
 * It lists and splits; opening a recording is the sensors' work.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { dataError, ioError, noInputError, systemCode, usageError } from "../core/errors.ts";
import { hashWords, permutation, Random } from "../core/random.ts";

export type LabelledRecording = {
  readonly path: string;
  /** The file's name without its ending: the id of the labels file. */
  readonly name: string;
  /** Class index, or undefined where the labels file does not name the recording. */
  readonly label: number | undefined;
};

export type RecordingSplit = {
  readonly train: readonly LabelledRecording[];
  readonly validation: readonly LabelledRecording[];
};

/** Prophesee's, and N-MNIST's two of the same layout. */
const ENDINGS: ReadonlySet<string> = new Set([".raw", ".bs2", ".bin"]);
const ENDING_WORDS = ".raw, .bs2 or .bin";
/** What people and recording programs leave beside recordings. */
const COMPANIONS: ReadonlySet<string> = new Set([
  ...[".txt", ".md", ".csv", ".tsv", ".json", ".yaml", ".yml"],
  ...[".bias", ".tmp_index"],
]);
/** The model file allows this many classes. */
const MAX_LABEL = 999;

/**
 * The recordings of a folder, by the first number in the name, then by name: 2.bs2 before 10.bs2; or a single file.
 * Without a labels file no recording has a label. `others` is what becomes of files in the folder that are neither
 * recordings nor what usually lies beside them: left out, refused, or listed all the same.
 */
export function listRecordings(options: {
  readonly path: string;
  readonly labelsFile: string | undefined;
  readonly others?: "leave" | "refuse" | "list";
}): readonly LabelledRecording[] {
  const { path, labelsFile, others = "leave" } = options;
  const files = isFolder(path) ? recordingsIn(path, { labelsFile, others }) : [path];
  const labels = labelsFile === undefined ? undefined : parseLabels(readText(labelsFile), labelsFile);
  const recordings = files.map((file) => {
    const name = basename(file, extname(file));
    return { path: file, name, label: labels?.get(name) };
  });
  if (labels !== undefined && unlabelledCount(recordings) === recordings.length) {
    throw dataError(
      "LABELS_UNRELATED",
      `Expected ${labelsFile} to name recordings of ${path} (such as ${show(recordings[0]?.name ?? "")}), found none of the ${recordings.length} among its ${labels.size} names.`,
    );
  }
  return recordings;
}

type Others = "leave" | "refuse" | "list";

function recordingsIn(
  folder: string,
  options: { readonly labelsFile: string | undefined; readonly others: Others },
): string[] {
  const { labelsFile, others } = options;
  const labelsPath = labelsFile === undefined ? undefined : resolve(labelsFile);
  const endingOf = ({ name }: Dirent) => extname(name).toLowerCase();
  const isOther = (entry: Dirent) =>
    entry.isFile() &&
    !entry.name.startsWith(".") &&
    !COMPANIONS.has(endingOf(entry)) &&
    resolve(folder, entry.name) !== labelsPath;
  const entries = readFolder(folder);
  const recordings = entries.filter((entry) => ENDINGS.has(endingOf(entry)));
  const strangers = entries.filter((entry) => !ENDINGS.has(endingOf(entry)) && isOther(entry));
  const [stranger] = strangers;
  if (others === "refuse" && stranger !== undefined) {
    throw dataError(
      "RECORDINGS_OTHER",
      `Expected only recordings (${ENDING_WORDS}) in the folder ${folder}, found ${show(stranger.name)}${strangers.length === 1 ? "" : ` and ${strangers.length - 1} others`}; move them away or skip them with --salvage.`,
    );
  }
  if (recordings.length === 0) {
    throw noInputError(
      "RECORDINGS_EMPTY",
      `Expected recordings ending in ${ENDING_WORDS} in the folder ${folder}, found none.`,
    );
  }
  const listed = others === "list" ? [...recordings, ...strangers] : recordings;
  return listed
    .map(({ name }) => name)
    .sort(byNumberThenName)
    .map((name) => join(folder, name));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw asReadError(path, error);
  }
}

/** How many recordings the labels file does not name. */
export function unlabelledCount(recordings: readonly LabelledRecording[]): number {
  return recordings.reduce((count, { label }) => (label === undefined ? count + 1 : count), 0);
}

/**
 * Parts a list for training and validation, class by class: of n recordings of a class, round(n × share) go to
 * validation, but one always stays for training. Which ones is drawn from the seed and the class alone, so other
 * classes coming or going change nothing. Recordings without a label all train. Both parts keep the list's order.
 */
export function splitRecordings(
  list: readonly LabelledRecording[],
  options: { readonly validationShare: number; readonly seed: number },
): RecordingSplit {
  const { validationShare, seed } = options;
  if (!(validationShare >= 0 && validationShare < 1)) {
    throw usageError(
      "SPLIT_SHARE",
      `Expected a validation share from 0 to below 1, found ${validationShare}.`,
    );
  }
  const chosen = new Set<LabelledRecording>();
  for (const [label, members] of byLabel(list)) {
    const wanted = Math.min(Math.round(members.length * validationShare), members.length - 1);
    const order = permutation(members.length, Random.fromKey(hashWords(seed, label)));
    for (const index of order.subarray(0, wanted)) {
      const member = members[index];
      if (member !== undefined) chosen.add(member);
    }
  }
  return {
    train: list.filter((recording) => !chosen.has(recording)),
    validation: list.filter((recording) => chosen.has(recording)),
  };
}

function byLabel(list: readonly LabelledRecording[]): Map<number, LabelledRecording[]> {
  const groups = new Map<number, LabelledRecording[]>();
  for (const recording of list) {
    if (recording.label === undefined) continue;
    const group = groups.get(recording.label);
    if (group === undefined) groups.set(recording.label, [recording]);
    else group.push(recording);
  }
  return groups;
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw asReadError(folder, error);
  }
}

function asReadError(path: string, error: unknown): Error {
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return noInputError(
      "RECORDINGS_ABSENT",
      `Expected a recording or a folder of them at ${path}, found none.`,
    );
  }
  return ioError("RECORDINGS_READ", `Expected to read ${path}, the system answered ${code}.`, error);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw noInputError("LABELS_ABSENT", `Expected a labels file at ${path}, found none.`);
    }
    throw ioError(
      "LABELS_READ",
      `Expected to read the labels file ${path}, the system answered ${code}.`,
      error,
    );
  }
}

/** Lines `id label`, parted by tab, spaces or a comma; empty lines and lines starting with # say nothing. */
export function parseLabels(text: string, path: string): Map<string, number> {
  const labels = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const { id, label } = parseLine(content, `line ${index + 1} of ${path}`);
    const known = labels.get(id);
    if (known !== undefined && known !== label) {
      throw dataError(
        "LABELS_CONFLICT",
        `Expected one label for ${show(id)}, found ${known} and, in line ${index + 1} of ${path}, ${label}.`,
      );
    }
    labels.set(id, label);
  }
  return labels;
}

function parseLine(content: string, where: string): { readonly id: string; readonly label: number } {
  // With tabs or a comma between the two, an id may hold spaces.
  const separator = content.includes("\t") ? /\t+/ : content.includes(",") ? "," : /\s+/;
  const parts = content.split(separator).map((part) => part.trim());
  const [id, word] = parts.length === 2 ? parts : [];
  if (id === undefined || word === undefined || id === "" || word === "") {
    throw dataError("LABELS_LINE", `Expected \`id label\` in ${where}, found ${show(content)}.`);
  }
  const label = /^\d{1,3}$/.test(word) ? Number(word) : undefined;
  if (label === undefined) {
    throw dataError(
      "LABELS_NUMBER",
      `Expected a whole label from 0 to ${MAX_LABEL} for ${show(id)} in ${where}, found ${show(word)}.`,
    );
  }
  return { id, label };
}

/** Foreign text in an error: quoted, short, and harmless to a terminal. */
const show = (text: string) =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).replace(/\p{Cc}/gu, "?");

const firstNumber = (file: string) => Number(/\d+/.exec(file)?.[0] ?? Number.POSITIVE_INFINITY);

function byNumberThenName(a: string, b: string): number {
  const left = firstNumber(a);
  const right = firstNumber(b);
  if (left !== right) return left < right ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
