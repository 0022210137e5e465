/** The few moves the page makes on its document. Foreign words enter as text nodes only. */

/** An element of index.html; a missing one is a fault of the build, so it stops the page aloud. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`Expected an element "${id}" in index.html.`);
  return element;
}

export function canvasById(id: string): HTMLCanvasElement {
  const element = byId(id);
  if (element instanceof HTMLCanvasElement) return element;
  throw new Error(`Expected "${id}" in index.html to be a canvas.`);
}

export function inputById(id: string): HTMLInputElement {
  const element = byId(id);
  if (element instanceof HTMLInputElement) return element;
  throw new Error(`Expected "${id}" in index.html to be an input.`);
}

/** Writes only what changed, so that a selection survives and nothing is laid out again for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function make(tag: string, className = "", text = ""): HTMLElement {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

/** Lengths and positions go through the CSSOM: the page's policy allows no style attributes. */
export function setPercent(element: HTMLElement, property: "width" | "height" | "left", share: number): void {
  const percent = `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  if (element.style[property] !== percent) element.style[property] = percent;
}

export type Surface = {
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
};

/** A canvas cleared and scaled so that drawing is in CSS pixels and sharp; undefined while it is not laid out. */
export function surfaceOf(canvas: HTMLCanvasElement): Surface | undefined {
  const context = canvas.getContext("2d");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (context === null || width === 0 || height === 0) return undefined;
  const ratio = devicePixelRatio || 1;
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth;
    canvas.height = deviceHeight;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
