// The frame of an HTML mail: as high as its text, dark where the page is, with its own colours on request.
// The frame's document runs no script; this page reads its height from outside.

const dark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  frame.style.blockSize = "0";
  frame.style.blockSize = `${Math.max(page.scrollHeight, 48)}px`;
}

function paper(element) {
  for (; element; element = element.parentElement) {
    const [red, green, blue, alpha = 1] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g).map(Number);
    if (alpha > .5) return .299 * red + .587 * green + .114 * blue;
  }
  return 255;
}

// Whether most of the words stand on dark ground. Such a mail keeps its colours: turned round, it would be the one bright thing in a dark page.
function isDark(page) {
  const words = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT), known = new Map();
  let dark = 0, light = 0;
  for (let text, count = 0; count < 3000 && (text = words.nextNode()); count += 1) {
    const length = text.data.trim().length, element = text.parentElement;
    if (!length) continue;
    if (!known.has(element)) known.set(element, paper(element));
    if (known.get(element) < 96) dark += length; else light += length;
  }
  return dark > light;
}

function colour(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  if (frame.dataset.colours === "adapted" && isDark(frame.contentDocument)) frame.dataset.colours = "own";
  page.toggleAttribute("data-dark", dark() && frame.dataset.colours === "adapted");
}

// At the load of its document each picture has come or failed. Without a word, a gap in the mail would look like the mail's own.
function tellMissing(frame) {
  const missing = [...frame.contentDocument.images].some((picture) => picture.src.includes("/remote/") && picture.complete && !picture.naturalWidth);
  if (missing) frame.before(document.querySelector("[data-pictures-missing]").content.cloneNode(true));
}

function prepare(frame) {
  if (!frame.contentDocument?.body) return;
  tellMissing(frame);
  colour(frame);
  fit(frame);
  let width = frame.clientWidth, height = frame.contentDocument.body.offsetHeight;
  new ResizeObserver(() => {
    const body = frame.contentDocument?.body;
    if (!body || (frame.clientWidth === width && body.offsetHeight === height)) return;
    [width, height] = [frame.clientWidth, body.offsetHeight];
    fit(frame);
  }).observe(frame.contentDocument.body);
  const button = document.querySelector("[data-original-colours]");
  if (button) button.hidden = false;
}

// A frame's load does not bubble, but it can be caught on its way down.
document.addEventListener("load", (event) => event.target.matches?.(".mail-frame") && prepare(event.target), true);
for (const frame of document.querySelectorAll(".mail-frame")) {
  if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL !== "about:blank") prepare(frame);
}

document.addEventListener("click", (event) => {
  const frames = document.querySelectorAll(".mail-frame"), button = event.target.closest?.("[data-original-colours]");
  if (button) {
    const original = button.getAttribute("aria-pressed") !== "true";
    for (const frame of frames) frame.dataset.colours = original ? "original" : "adapted";
    button.setAttribute("aria-pressed", original);
  }
  frames.forEach(colour);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.querySelectorAll(".mail-frame").forEach(colour));
