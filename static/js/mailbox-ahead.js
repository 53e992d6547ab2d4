// Pages of a list follow each other without a wait: near the end of one, the next is loaded ahead; near its top, the one before.
// scroll, or a row with the focus → ahead() → the page's fragment, kept for half a minute and for the list as it is → the pager's link, or j on
// the last row and k on the first → turn() → it takes the list's place, and the focus goes on. One that had waited a while is asked for news.

import { isReading } from "./mailbox-panes.js";

const KEPT = 30_000, FRESH = 5_000;  // milliseconds
const NEAR = 8;  // rows
const list = () => document.getElementById("list");
const pager = (way) => list()?.querySelector(`.pager-foot a[rel=${way}]`);
const pages = new Map();  // address → { html: a promise of it, at }

function ahead(way) {
  const link = pager(way), known = link && pages.get(link.href);
  if (!link || (known && performance.now() - known.at < KEPT)) return;
  const headers = { "HX-Request": "true", "HX-Target": "list", "HX-Current-URL": location.href };
  const html = fetch(link.href, { headers }).then((answer) => (answer.ok && !answer.redirected ? answer.text() : null)).catch(() => null);
  pages.set(link.href, { html, at: performance.now() });
}

/** Show the page before or after this one, and give the focus to the row that is nearest; whether there is such a page. */
export function turn(way) {
  const link = pager(way);
  if (!link) return false;
  if (list().matches(".is-turning")) return true;
  follow(link, way);
  return true;
}

async function follow(link, way) {
  const address = link.href, before = list(), reads = isReading() && document.querySelector('#rows .row[aria-current="true"]');
  ahead(way);
  before.classList.add("is-turning");
  const { html, at } = pages.get(address), page = await html;
  before.classList.remove("is-turning");
  if (!page || !before.isConnected) return page || location.assign(address);
  put(page, before);
  history.pushState({ htmx: true }, "", address);
  pages.clear();
  enter(way, reads);
  if (performance.now() - at > FRESH) htmx.trigger(document.getElementById("poll") ?? document.body, "again");
}

// As htmx.swap, without its search for each id of the page before: that takes as long as all else together, and j is held down meanwhile.
function put(page, before) {
  const fresh = document.createRange().createContextualFragment(page).querySelector("#list");
  before.replaceWith(fresh);
  htmx.process(fresh);
  for (const name of ["htmx:load", "htmx:afterSwap", "htmx:afterSettle"]) htmx.trigger(fresh, name, { elt: fresh, target: fresh });
}

function enter(way, reads) {
  const rows = list().querySelectorAll("#rows .row"), first = way === "next" ? rows[0] : rows[rows.length - 1];
  const scroller = document.getElementById("rows");
  scroller.scrollTop = way === "next" ? 0 : scroller.scrollHeight;
  const link = first?.querySelector(".row-link");
  link?.focus({ preventScroll: true });
  if (reads) link?.click();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".pager-foot a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  turn(link.rel);
});
for (const happening of ["pointerover", "focusin"]) {
  document.addEventListener(happening, ({ target }) => {
    const link = target.closest?.(".pager-foot a"), row = happening === "focusin" && target.closest?.("#rows .row");
    if (link) ahead(link.rel);
    if (row) nearAnEnd(row);
  });
}

function nearAnEnd(row) {
  const rows = [...document.querySelectorAll("#rows .row")], at = rows.indexOf(row);
  if (at >= rows.length - NEAR) ahead("next");
  if (at < NEAR) ahead("prev");
}

// A scroll does not bubble, but it can be caught on its way down.
let waiting = 0;
document.addEventListener("scroll", ({ target }) => {
  if (target.id !== "rows" || waiting) return;
  waiting = setTimeout(() => {
    waiting = 0;
    if (target.scrollHeight - target.scrollTop - target.clientHeight < 400) ahead("next");
  }, 100);
}, true);

// What was done with messages moves others from page to page.
document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.requestConfig.verb === "post" && pages.clear());
document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target?.id === "rows" && pages.clear());

// ---------- a folder is on its way ----------

// Its page is loaded as any other; until it comes, the list shows that it will, and the column where one is going.
const WAIT = 150;  // milliseconds: a quick page comes before
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#folders a.nav-item[href^='/mail/'], #list .filter a");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !list()) return;
  setTimeout(() => list().classList.add("is-coming"), WAIT);
});
addEventListener("pageshow", () => list()?.classList.remove("is-coming"));
