/** Text for a terminal: harmless, and measured in columns. */

/** What is drawn two columns wide: East Asian scripts, full-width forms and emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uFF01-\uFF60\p{Emoji_Presentation}]/u;
const COMBINING = /\p{M}/u;

/** Replaces control and invisible format characters, so that foreign names cannot steer the terminal. */
export const plainText = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "?");

function characterColumns(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns that plain text takes. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += characterColumns(character);
  return columns;
}

/** The longest start of plain text that fits into so many columns. */
export function fitText(text: string, maxColumns: number): string {
  let columns = 0;
  let fitted = "";
  for (const character of text) {
    columns += characterColumns(character);
    if (columns > maxColumns) return fitted;
    fitted += character;
  }
  return fitted;
}

/** 1234567 as "1,234,567". */
export const groupDigits = (value: number): string => value.toLocaleString("en-US");

/** A share of 0..1 as "87.3", in percent, without the sign. */
export const percent = (share: number): string => (share * 100).toFixed(1);
