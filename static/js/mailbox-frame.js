// The frame of an HTML mail: as high as its text, dark where the page is, with its own colours on request.
// The frame's document runs no script; this page reads its height from outside.

import { adapt, groundOf, isDark, paperOf } from "./mailbox-colours.js";

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

function colour(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  const adapted = dark() && frame.dataset.colours === "adapted";
  adapt(frame.contentDocument, adapted, paperOf(frame.parentElement));
  page.toggleAttribute("data-dark", adapted);
}

// At the load of its document each picture has come or failed. Without a word, a gap in the mail would look like the mail's own.
function tellMissing(frame) {
  const missing = [...frame.contentDocument.images].some((picture) => picture.src.includes("/remote/") && picture.complete && !picture.naturalWidth);
  if (missing) frame.before(document.querySelector("[data-pictures-missing]").content.cloneNode(true));
}

function prepare(frame) {
  if (!frame.contentDocument?.body) return;
  tellMissing(frame);
  if (isDark(frame.contentDocument)) {
    frame.dataset.colours = "own";
    frame.contentDocument.documentElement.style.background = groundOf(frame.contentDocument); // no white edge around it
  }
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
