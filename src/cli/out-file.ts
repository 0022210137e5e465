/** Where results go: says before a long work, not only after it, that they could not be written. */
import { constants } from "node:fs";
import { access, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ioError, systemCode } from "../core/errors.ts";
import { encodePng } from "../report/png.ts";

/** @throws SpikelineError OUT_FILE when `file` has no folder that can be written, or is a folder itself */
export async function checkOut(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const folder = dirname(file);
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    const isAbsent = systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR";
    const why = isAbsent
      ? `there is no folder ${folder}; make it first`
      : `the folder ${folder} cannot be written (${systemCode(error)})`;
    throw ioError("OUT_FILE", `Expected to write ${file}, but ${why}.`, error);
  }
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder)
    throw ioError("OUT_FILE", `Expected to write ${file}, but it is a folder; name a file in it.`);
}

/** Makes a folder and those above it; one that is there already is as good. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw ioError(
      "OUT_FOLDER",
      `Expected to make the folder ${folder}, but the system says ${systemCode(error)}.`,
      error,
    );
  }
}

export async function writePicture(file: string, picture: Parameters<typeof encodePng>[0]): Promise<void> {
  const png = encodePng(picture);
  try {
    await writeFile(file, png);
  } catch (error) {
    throw ioError(
      "PICTURE_WRITE",
      `Expected to write the picture ${file}, but the system says ${systemCode(error)}.`,
      error,
    );
  }
}
