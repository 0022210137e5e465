import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { listRecordings, splitRecordings, unlabelledCount } from "../../src/datasets/recording-folder.ts";
import { dataPath, describeRecordings } from "./data-folder.ts";

const listSmall = () =>
  listRecordings({
    path: dataPath("nmnist-small-bs2"),
    labelsFile: dataPath("nmnist-small-bs2", "train1K.txt"),
  });

const perClass = (list: readonly { readonly label: number | undefined }[]) =>
  Array.from({ length: 10 }, (_, label) => list.filter((recording) => recording.label === label).length);

describeRecordings("the small N-MNIST folder", () => {
  it("lists 799 labelled recordings in order, with every class among them", () => {
    const list = listSmall();
    expect(list.map(({ name }) => name)).toEqual(Array.from({ length: 799 }, (_, i) => `${i + 1}`));
    expect(unlabelledCount(list)).toBe(0);
    expect(perClass(list).every((count) => count > 0)).toBe(true);
    const labels = Uint8Array.from(list, ({ label }) => label ?? 255);
    expect(createHash("sha256").update(labels).digest("hex")).toBe(
      "b3aca996f9b15c76591903c79f861b55e8fc85ffdd78238beb87841a924af74d",
    );
  });

  it("splits 80 to 20 with each class by its share", () => {
    const list = listSmall();
    const { train, validation } = splitRecordings(list, { validationShare: 0.2, seed: 1 });
    expect(train.length + validation.length).toBe(799);
    expect(perClass(validation)).toEqual(perClass(list).map((count) => Math.round(count * 0.2)));
    expect(splitRecordings(list, { validationShare: 0.2, seed: 1 })).toEqual({ train, validation });
  });
});
