// A list that is not the live one has a mark under it, which asks for the live rows; a live one is asked for again from time to time.
// The new rows replace the old ones under whoever is reading: the selection, the focus, the open row and the place in the list stay.

const poller = () => document.getElementById("poll");
const asker = () => document.querySelector("#known-mark [hx-get]");
const rows = () => [...document.querySelectorAll("#rows .row")];
const row = (uid) => document.getElementById(`row-${uid}`);
const isPost = ({ detail }) => detail.requestConfig?.verb === "post";
const isLive = ({ detail }) => /[?&]live=/.test(detail.pathInfo?.requestPath);

// Rows that were asked for before something was done would take it back on the screen: they are not shown, but asked for anew.
let posting = 0, asking = false, outdated = false, asked = Date.now();

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isPost(event)) posting += 1;
  if (isLive(event)) {
    asking = true;
    asked = Date.now();
    event.detail.requestConfig.elt.addEventListener("htmx:beforeOnLoad", dropFromAnotherPage);
  }
  outdated ||= asking && posting > 0;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (isPost(event)) posting -= 1;
  if (isLive(event)) asking = false;
  if (!outdated || posting || asking) return;
  outdated = false;
  const again = asker() ?? poller();
  if (again) htmx.trigger(again, "again");
});

// New mail comes by itself: a live list is asked for again each minute, while somebody looks at it.
const POLL_MILLISECONDS = 60_000;
function poll() {
  const idle = document.visibilityState === "visible" && !asking && !posting && Date.now() - asked >= POLL_MILLISECONDS;
  if (idle && poller() && !asker()) htmx.trigger(poller(), "again");
}
setInterval(poll, 2_000);
document.addEventListener("visibilitychange", poll);

// A search, or a step back, has replaced the list meanwhile.
function dropFromAnotherPage(event) {
  if (!event.target.isConnected) event.preventDefault();
}

let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  kept = null;
  if (!isLive(event)) return;
  if (outdated) event.preventDefault();
  else kept = whereabouts();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (!kept) return;
  const { inMark } = kept, target = event.detail.target?.id;
  if (target === "rows") restore(kept);
  if (inMark) (asker() ?? document.getElementById("rows")).focus({ preventScroll: true });
  kept = null;
});

function whereabouts() {
  const all = rows(), scroller = document.getElementById("rows"), active = document.activeElement;
  const top = scroller.getBoundingClientRect().top;
  const anchor = scroller.scrollTop > 0 && all.find((each) => each.getBoundingClientRect().bottom > top);
  return {
    picked: all.filter((each) => each.querySelector(".check").checked).map((each) => each.dataset.uid),
    open: document.querySelector('#rows .row[aria-current="true"]')?.dataset.uid,
    focused: active?.closest("#rows .row")?.dataset.uid,
    control: ["row-link", "check", "star"].find((name) => active?.classList.contains(name)),
    inMark: Boolean(active?.closest("#known-mark")),
    anchor: anchor && { uid: anchor.dataset.uid, top: anchor.getBoundingClientRect().top },
  };
}

function restore({ picked, open, focused, control, anchor }) {
  for (const check of picked.map((uid) => row(uid)?.querySelector(".check")).filter(Boolean)) check.checked = true;
  for (const each of rows()) each.toggleAttribute("aria-current", false);
  if (open) row(open)?.setAttribute("aria-current", "true");
  if (focused) row(focused)?.querySelector(`.${control ?? "row-link"}`).focus({ preventScroll: true });
  const stays = anchor && row(anchor.uid);
  if (stays) document.getElementById("rows").scrollTop += stays.getBoundingClientRect().top - anchor.top;
}
