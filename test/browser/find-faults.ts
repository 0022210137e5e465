/** What is wrong with a layout, found in the page itself. */

/** Runs in the page: parts that stick out of the page or of their panel, and texts that lie on each other. */
export function findFaults(): string[] {
  const faults: string[] = [];
  const label = (element: Element) =>
    `${element.tagName} #${element.id} .${element.className} "${element.textContent?.slice(0, 30)}"`;
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
  for (const part of document.querySelectorAll("#page *")) {
    const { right, width } = part.getBoundingClientRect();
    if (right > innerWidth + 1 && width > 1) faults.push(`beyond the window: ${label(part)}`);
  }
  for (const panel of document.querySelectorAll(".panel, .ledger, .bar, .candidates, .score, .glyph")) {
    if (panel.getClientRects().length === 0) continue;
    const outer = panel.getBoundingClientRect();
    for (const part of panel.querySelectorAll("*")) {
      const inner = part.getBoundingClientRect();
      if (inner.width * inner.height <= 1 || part.closest("svg") !== null) continue;
      // On a phone the dock stands at the window's foot, wherever it is written.
      if (part.closest(".dock") !== null) continue;
      const out =
        inner.left < outer.left - 1 ||
        inner.right > outer.right + 1 ||
        inner.top < outer.top - 1 ||
        inner.bottom > outer.bottom + 1;
      if (out && !(part.textContent === "" && part.tagName === "I"))
        faults.push(`sticks out: ${label(part)}`);
    }
  }
  for (const part of document.querySelectorAll("#page *")) {
    const isCut = part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "visible";
    const isText = part.textContent?.trim() !== "";
    const isSeen = part.getBoundingClientRect().width > 1;
    if (isCut && isText && isSeen && part.closest("[title]:not([title=''])") === null)
      faults.push(`cut without its whole text as a title: ${label(part)}`);
  }
  const texts = [...document.querySelectorAll("#page *")].filter(
    (element) =>
      element.childElementCount === 0 &&
      (element.textContent ?? "").trim() !== "" &&
      element.checkVisibility({ visibilityProperty: true }) &&
      element.getBoundingClientRect().width > 1,
  );
  const boxes = texts.map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()];
  });
  texts.forEach((a, i) => {
    texts.slice(i + 1).forEach((b, j) => {
      const meet = (boxes[i] ?? []).some((p) =>
        (boxes[i + 1 + j] ?? []).some(
          (q) => p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 2 && q.top < p.bottom - 2,
        ),
      );
      const isHidden = (e: Element) =>
        getComputedStyle(e).overflow === "hidden" ||
        getComputedStyle(e.parentElement ?? e).overflow === "hidden";
      // What stands still in the window lies over whatever is scrolled below it.
      const stands = (e: Element): boolean =>
        ["fixed", "sticky"].includes(getComputedStyle(e).position) ||
        (e.parentElement !== null && stands(e.parentElement));
      if (meet && stands(a) === stands(b) && !isHidden(a) && !isHidden(b))
        faults.push(`overlap: ${label(a)} and ${label(b)}`);
    });
  });
  return faults;
}
