/**
 * The scene of `sim:digits`: a digit of 28 × 28 pixels before a camera of 34 × 34 that makes three small saccades along
 * a triangle and is back where it was, as in N-MNIST (Orchard 2015). It draws intensities and makes no events.
 */

export const SCENE_SIDE = 34;
export const DIGIT_SIDE = 28;
export const SACCADE_US = 100_000;
export const SHOW_US = 3 * SACCADE_US;
const MARGIN = (SCENE_SIDE - DIGIT_SIDE) / 2;
/** Half the triangle's width and height in pixels. */
const REACH = 1.75;
const CORNERS: readonly (readonly [right: number, down: number])[] = [
  [-REACH, -REACH],
  [0, REACH],
  [REACH, -REACH],
  [-REACH, -REACH],
];

/** Where the digit stands so long after the show began, in pixels from the middle. */
export function saccadeAt(sinceUs: number): { readonly right: number; readonly down: number } {
  const leg = Math.min(Math.floor(sinceUs / SACCADE_US), 2);
  const s = sinceUs / SACCADE_US - leg;
  // Least jerk (Flash & Hogan 1985): slow, fast, slow, as motors and eyes move.
  const way = s * s * s * (10 - 15 * s + 6 * s * s);
  const [fromRight = 0, fromDown = 0] = CORNERS[leg] ?? [];
  const [toRight = 0, toDown = 0] = CORNERS[leg + 1] ?? [];
  return { right: fromRight + way * (toRight - fromRight), down: fromDown + way * (toDown - fromDown) };
}

/** Draws the digit, shifted bilinearly from the middle by less than the margin of 3 pixels, over the whole scene. */
export function drawDigit(
  digit: Uint8Array,
  scene: Float64Array,
  { right, down }: { readonly right: number; readonly down: number },
): void {
  scene.fill(0);
  const wholeRight = Math.floor(right);
  const wholeDown = Math.floor(down);
  const u = right - wholeRight;
  const v = down - wholeDown;
  const weights = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v] as const;
  const origin = (MARGIN + wholeDown) * SCENE_SIDE + MARGIN + wholeRight;
  for (let row = 0; row < DIGIT_SIDE; row++) {
    for (let column = 0; column < DIGIT_SIDE; column++) {
      const ink = digit[row * DIGIT_SIDE + column] ?? 0;
      if (ink === 0) continue;
      const at = origin + row * SCENE_SIDE + column;
      scene[at] = (scene[at] ?? 0) + ink * weights[0];
      scene[at + 1] = (scene[at + 1] ?? 0) + ink * weights[1];
      scene[at + SCENE_SIDE] = (scene[at + SCENE_SIDE] ?? 0) + ink * weights[2];
      scene[at + SCENE_SIDE + 1] = (scene[at + SCENE_SIDE + 1] ?? 0) + ink * weights[3];
    }
  }
}
