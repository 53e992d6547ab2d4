// The column as a drawer, where the window is narrow: it opens in place of its anchor, holds the focus while it is open, and closes by Escape,
// the phone's back key, a tap beside it, a swipe towards its edge or its own button. Without this script the anchor alone opens it.

const SELECTOR = ".app > .side, .shell > .side";
const narrow = matchMedia("(max-width: 74rem)");
const side = document.querySelector(SELECTOR);
let opener = null, watcher = null;

const isOpen = () => side.classList.contains("is-open");
const others = () => [...document.body.children].filter((each) => each !== side && !each.matches("script, template, .toasts, dialog, .drawer-scrim"));

function open(from) {
  if (isOpen() || !narrow.matches) return;
  opener = from;
  side.classList.add("is-open");
  side.setAttribute("role", "dialog");
  side.setAttribute("aria-modal", "true");
  side.setAttribute("aria-label", side.querySelector("nav")?.getAttribute("aria-label") ?? "");
  const scrim = document.createElement("div");
  scrim.className = "drawer-scrim";
  side.before(scrim);
  for (const each of others()) each.inert = true;
  watcher = "CloseWatcher" in window ? new CloseWatcher() : null;
  if (watcher) watcher.onclose = close;
  (side.querySelector("[aria-current]") ?? side.querySelector("a, button, summary")).focus({ preventScroll: true });
}

function close() {
  if (!isOpen()) return;
  side.classList.remove("is-open");
  side.style.transform = "";
  for (const name of ["role", "aria-modal", "aria-label"]) side.removeAttribute(name);
  document.querySelector(".drawer-scrim")?.remove();
  for (const each of others()) each.inert = false;
  watcher?.destroy();
  watcher = null;
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

// An entry of the history for a drawer would take the place of the list that it covers.
function fromHash() {
  if (location.hash !== `#${side.id}` || !narrow.matches) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  open(document.activeElement);
}

function follow(event) {
  const link = event.target.closest?.(`a[href="#${side.id}"]`);
  if (link && narrow.matches) {
    event.preventDefault();
    open(link);
  } else if (isOpen() && (!side.contains(event.target) || event.target.closest('a[href="#main"]'))) {
    if (event.target.closest(".toasts, dialog")) return;
    event.preventDefault();
    close();
  }
}

// A tap on a row, too, only closes: what lies under the scrim is not meant.
function swipe(start) {
  if (!isOpen() || start.touches.length > 1) return;
  const { clientX, clientY } = start.touches[0], away = document.dir === "rtl" ? 1 : -1;
  let moved = 0, decided = false;
  const move = (event) => {
    const [x, y] = [event.touches[0].clientX - clientX, event.touches[0].clientY - clientY];
    if (!decided && Math.max(Math.abs(x), Math.abs(y)) < 8) return;
    if (!decided && Math.abs(y) > Math.abs(x)) return end();
    decided = true;
    if (event.cancelable) event.preventDefault();
    moved = Math.max(0, x * away);
    side.style.transform = `translateX(${moved * away}px)`;
  };
  const end = () => {
    document.removeEventListener("touchmove", move);
    for (const name of ["touchend", "touchcancel"]) document.removeEventListener(name, end);
    side.style.transform = "";
    if (moved > Math.min(96, side.offsetWidth / 3)) close();
  };
  document.addEventListener("touchmove", move, { passive: false });
  for (const name of ["touchend", "touchcancel"]) document.addEventListener(name, end);
}

if (side) {
  document.addEventListener("click", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen() || event.defaultPrevented || event.target.closest?.("details[open]")) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("touchstart", swipe, { passive: true });
  addEventListener("hashchange", fromHash);
  narrow.addEventListener("change", close);
  fromHash();
}
