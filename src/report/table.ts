/** A table as aligned plain text: numbers to the right, words to the left. */
import { plainText, textColumns } from "./plain-text.ts";

export type Cell = string | number;

const GAP = "  ";
/** What reads as a number in a cell: "12", "-3.5 %", "87.0 ± 0.3", "1,024 ev/s", and "·" or "–" for nothing. */
const NUMBER = /^[-+−~≈<>]?\d[\d.,]*(?: ?± ?[\d.,]+)?(?: ?[%×x]| [a-zA-Zµ/]{1,10})?$/;
const NOTHING = /^[·–-]$/;

type Column = { readonly width: number; readonly right: boolean };

/** A header, a rule and the rows. Rows shorter than the header are filled with nothing. No line ends in spaces. */
export function tableText(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const titles = header.map(plainText);
  const cells = rows.map((row) => titles.map((_, i) => plainText(String(row[i] ?? ""))));
  const columns = titles.map((title, i) =>
    measure(
      title,
      cells.map((row) => row[i] ?? ""),
    ),
  );
  const rule = columns.map(({ width }) => "─".repeat(width)).join(GAP);
  return [line(titles, columns), rule, ...cells.map((row) => line(row, columns))].join("\n");
}

function measure(title: string, cells: readonly string[]): Column {
  const width = cells.reduce((widest, cell) => Math.max(widest, textColumns(cell)), textColumns(title));
  const said = cells.filter((cell) => cell !== "");
  return { width, right: said.length > 0 && said.every((cell) => NUMBER.test(cell) || NOTHING.test(cell)) };
}

function line(cells: readonly string[], columns: readonly Column[]): string {
  const padded = columns.map(({ width, right }, i) => {
    const cell = cells[i] ?? "";
    const padding = " ".repeat(width - textColumns(cell));
    return right ? padding + cell : cell + padding;
  });
  return padded.join(GAP).trimEnd();
}
