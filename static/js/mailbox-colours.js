// The colours of a mail on a dark page. The page turns the whole frame round (static/css/pages.css); what this module adds: whether a mail is dark
// by itself and stays as it is, boxes over a photograph that keep their colours with it, and inks that would be hard to read once turned round.

const paints = new WeakMap(); // documents whose inks were changed: element → what its style said before

// What an element itself is painted with, as a colour of CSS: of a gradient its first.
function coat(element) {
  const { backgroundColor, backgroundImage } = getComputedStyle(element), [, gradient] = backgroundImage.match(/gradient\(.*?(rgba?\([^)]*\))/) ?? [];
  return gradient ?? backgroundColor;
}

// Under the words of `element`, as 0 to 255 for each part. What a picture shows nobody knows, but that its words were readable on it.
function paper(element, ink) {
  for (; element; element = element.parentElement) {
    if (getComputedStyle(element).backgroundImage.includes("url(")) return luma(ink) > 128 ? [0, 0, 0] : [255, 255, 255];
    const [red, green, blue, alpha = 1] = parts(coat(element));
    if (alpha > .5) return [red, green, blue];
  }
  return [255, 255, 255];
}

const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
const luma = ([red, green, blue]) => .299 * red + .587 * green + .114 * blue;

// Elements with words of their own, each once: [element, how many letters, ink, paper].
function written(page) {
  const words = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT), known = new Map();
  for (let text, count = 0; count < 3000 && (text = words.nextNode()); count += 1) {
    const length = text.data.trim().length, element = text.parentElement;
    if (length) known.set(element, (known.get(element) ?? 0) + length);
  }
  return [...known].map(([element, length]) => {
    const ink = parts(getComputedStyle(element).color).slice(0, 3);
    return [element, length, ink, paper(element, ink)];
  });
}

// Whether most of the words stand on dark ground. Such a mail keeps its colours: turned round, it would be the one bright thing in a dark page.
export function isDark(page) {
  let dark = 0, light = 0;
  for (const [, length, , ground] of written(page)) {
    if (luma(ground) < 96) dark += length; else light += length;
  }
  return dark > light;
}

// The outermost ground of a mail, as a colour of CSS; empty where it has none of its own.
export function groundOf(page) {
  const outer = [...page.querySelectorAll("#mail, #mail *")].slice(0, 20);
  return outer.map(coat).find((colour) => (parts(colour)[3] ?? 1) > .5) ?? "";
}

// invert(1) hue-rotate(180deg) brightness(.92), and the dark paper below it, as pages.css has them.
function turned([red, green, blue], below) {
  [red, green, blue] = [255 - red, 255 - green, 255 - blue];
  const round = [-.574 * red + 1.43 * green + .144 * blue, .426 * red + .43 * green + .144 * blue, .426 * red + 1.43 * green - .856 * blue];
  return round.map((part, number) => 255 - (255 - .92 * Math.min(255, Math.max(0, part))) * (255 - below[number]) / 255);
}

function contrast(one, other) {
  const part = (value) => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const [dark, light] = [one, other].map((colour) => .2126 * part(colour[0]) + .7152 * part(colour[1]) + .0722 * part(colour[2])).sort((a, b) => a - b);
  return (light + .05) / (dark + .05);
}

// The ink itself, or one nearer to black or white, that is as easy to read once turned round: 4.5 to 1 (WCAG 2.2, 1.4.3), or what its author was content with.
function readable(ink, ground, below) {
  const aim = Math.min(4.6, contrast(ink, ground)), paper = turned(ground, below);
  let best = ink, most = contrast(turned(ink, below), paper);
  for (const end of [0, 255]) {
    for (let step = 1; step <= 10 && most < aim; step += 1) {
      const other = ink.map((part) => Math.round(part + (end - part) * step / 10)), gained = contrast(turned(other, below), paper);
      if (gained > most) [best, most] = [other, gained];
    }
  }
  return best;
}

// Boxes over a picture that was loaded, but not one that holds most of the mail: it would be as bright as the mail was.
function pictured(page, all) {
  const total = all.reduce((sum, [, length]) => sum + length, 0);
  return [...page.querySelectorAll("#mail *")].filter((box) => {
    if (!getComputedStyle(box).backgroundImage.includes("url(")) return false;
    return all.reduce((sum, [element, length]) => sum + (box.contains(element) ? length : 0), 0) <= total / 2;
  });
}

// Prepares a document for being turned round, or takes that back. `below`: the page's own paper.
export function adapt(page, on, below) {
  if (paints.has(page) === on) return;
  if (!on) {
    for (const [element, [value, priority]] of paints.get(page)) element.style.setProperty("color", value, priority);
    paints.delete(page);
    return;
  }
  const all = written(page), changed = new Map(), before = new Map();
  for (const box of pictured(page, all)) box.dataset.picture = "";
  for (const [element, , ink, ground] of all) {
    const better = element.closest("[data-picture]") ? ink : readable(ink, ground, below);
    if (better !== ink) changed.set(element, better);
  }
  // What stands in a changed element, and inherits from it, keeps its own ink.
  for (const [element, , ink] of all) if (!changed.has(element) && [...changed.keys()].some((above) => above.contains(element))) changed.set(element, ink);
  for (const [element, ink] of changed) {
    before.set(element, [element.style.getPropertyValue("color"), element.style.getPropertyPriority("color")]);
    element.style.setProperty("color", `rgb(${ink.join(" ")})`, "important");
  }
  paints.set(page, before);
}

export const paperOf = (element) => paper(element, [0, 0, 0]);
