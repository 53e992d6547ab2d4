// Single-letter keys. Elements say themselves which key they answer to (data-key); moving in the list is done here.
// Never with Ctrl, Alt or Meta, never while somebody types, never while a menu or dialog is open.

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog, details.menu-host[open]";
const rows = () => [...document.querySelectorAll("#rows .row")];
const focused = () => document.activeElement?.closest("#rows .row");

function current() {
  return focused() ?? document.querySelector('#rows .row[aria-current="true"]');
}

function move(by) {
  const all = rows(), at = all.indexOf(current());
  const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by];
  if (!next) return;
  const link = next.querySelector(".row-link");
  link.focus();
  next.scrollIntoView({ block: "nearest" });
  // With a message open beside the list, moving reads on.
  if (document.querySelector("#message .mail")) link.click();
}

const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

// The selection goes first, then the open message, then the row with the focus.
function answering(key) {
  const selector = `[data-key="${CSS.escape(key)}"]:not([disabled])`;
  const picked = document.querySelector("#rows .check:checked");
  const places = [picked && ".list-picked", "#message", "#folders"];
  for (const place of places.filter(Boolean)) {
    const found = [...document.querySelectorAll(`${place} ${selector}`)].find(visible);
    if (found) return found;
  }
  const row = current();
  row?.dispatchEvent(new Event("pointerover", { bubbles: true }));  // its buttons come when they are needed
  return row?.querySelector(selector);
}

const OWN = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  o: () => current()?.querySelector(".row-link").click(),
  x: () => current()?.querySelector(".check").click(),
  "/": () => document.querySelector("[data-search]")?.focus(),
  u: () => (document.querySelector("#message .mail") ? closeMessage() : undefined),
};
const SAME = { y: "e", Delete: "#" };

function closeMessage() {
  const row = document.querySelector('#rows .row[aria-current="true"]');
  if (matchMedia("(max-width: 52rem)").matches) document.querySelector('#message [data-key="u"]')?.click();
  else row?.querySelector(".row-link").focus();
}

function press(event) {
  const arrow = event.key.startsWith("Arrow");
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.target.closest?.(TYPING)) return;
  if (arrow && !focused()) return;
  const key = SAME[event.key] ?? event.key;
  const own = OWN[key], element = own ? null : answering(key);
  if (!own && !element) return;
  event.preventDefault();
  if (own) own();
  else element.click();
}
document.addEventListener("keydown", press);

// Keys pressed within the mail's own document belong to the page too.
document.addEventListener("load", (event) => {
  if (event.target.matches?.(".mail-frame")) event.target.contentDocument?.addEventListener("keydown", (inner) => {
    if (inner.key === "Escape") document.querySelector(".read-scroll")?.focus();
    else press(inner);
  });
}, true);
