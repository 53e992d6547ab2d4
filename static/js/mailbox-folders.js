// The folder column: what is folded up is remembered on this device, a line has a menu, and questions about folders are asked in a dialog.
// Without this file the arrows fold all the same, the three dots lead to the page of all folders, and each question is a page.

// ---- what is folded up: a cookie, so that a page comes as it was left (webmail/mailbox/side.py)
const MOST = 150, YEAR = 31536000;
const folded = () => new Set((document.cookie.match(/(?:^|; )folded=([\w.]*)/)?.[1] ?? "").split(".").filter(Boolean));

document.addEventListener("toggle", ({ target }) => {
  const key = target.dataset?.fold, keys = key && folded();
  if (!key || keys.has(key) === !target.open) return;
  keys[target.open ? "delete" : "add"](key);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `folded=${[...keys].slice(-MOST).join(".")}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}, true);

// In a tree, the arrows to the sides fold and unfold.
document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("#folders .nav-line > .nav-item"), way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!item || !way || event.ctrlKey || event.metaKey || event.altKey) return;
  const opens = way === (getComputedStyle(item).direction === "rtl" ? -1 : 1);
  const fold = item.parentElement.querySelector(".nav-fold");
  event.preventDefault();
  if (fold && fold.open !== opens) fold.open = opens;
  else if (!opens) item.closest("ul").closest("li")?.querySelector(".nav-item").focus();
});

// ---- the menu of a line
const menu = document.createElement("ul");
menu.className = "menu folder-menu";
menu.popover = "auto";
document.querySelector("#folders .side-body").append(menu);
let opener = null;
const fetched = new Map();  // by address, for as long as no folder changes
const forget = () => fetched.clear();

function lines(address) {
  if (!fetched.has(address)) {
    const answer = fetch(address, { headers: { "HX-Request": "true" } }).then((response) => (response.ok ? response.text() : Promise.reject()));
    answer.catch(() => fetched.delete(address));
    fetched.set(address, answer);
  }
  return fetched.get(address);
}

async function openMenu(button, at) {
  let words;
  try {
    words = await lines(button.dataset.menu);
  } catch {
    location.href = button.href;  // a page says what is wrong
    return;
  }
  opener?.setAttribute("aria-expanded", "false");
  opener = button;
  menu.innerHTML = words;  // of this server
  htmx.process(menu);
  menu.setAttribute("aria-label", button.getAttribute("aria-label"));
  button.setAttribute("aria-expanded", "true");
  menu.showPopover();
  place(at ?? button.getBoundingClientRect());
  menu.querySelector(".menu-item")?.focus();
}

function place({ left, right = left, bottom, y = bottom, x }) {
  if (matchMedia("(pointer: coarse), (max-width: 40rem), (max-height: 30rem)").matches) return;  // a sheet from the lower edge
  const rtl = document.documentElement.dir === "rtl", box = menu.getBoundingClientRect();
  const from = x ?? (rtl ? right : left), start = rtl ? innerWidth - from : from;
  menu.style.setProperty("--menu-start", `${Math.max(8, Math.min(start, innerWidth - box.width - 8))}px`);
  menu.style.setProperty("--menu-top", `${Math.max(8, Math.min(bottom ?? y, innerHeight - box.height - 8))}px`);
}

menu.addEventListener("toggle", (event) => {
  if (event.newState === "open") return;
  opener?.setAttribute("aria-expanded", "false");
  if (menu.contains(document.activeElement) || document.activeElement === document.body) opener?.focus();
});
menu.addEventListener("keydown", (event) => {
  const items = [...menu.querySelectorAll(".menu-item")], at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length).focus();
});
// What was chosen is on its way.
menu.addEventListener("submit", () => setTimeout(() => menu.hidePopover()));

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".nav-more");
  if (!button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (opener === button && menu.matches(":popover-open")) menu.hidePopover();
  else openMenu(button);
});
document.addEventListener("pointerover", (event) => {
  const button = event.target.closest?.(".nav-more");
  if (button) lines(button.dataset.menu).catch(() => {});
});
// With the right button, or by holding a finger on a line.
document.addEventListener("contextmenu", (event) => {
  const button = event.target.closest?.(".nav-line")?.querySelector(".nav-more");
  if (!button || event.shiftKey) return;
  event.preventDefault();
  openMenu(button, event.clientX || event.clientY ? { x: event.clientX, bottom: event.clientY } : undefined);
});

// ---- questions, in a dialog instead of a page
const dialog = document.createElement("dialog");
dialog.className = "dialog ask";
dialog.setAttribute("aria-labelledby", "ask-title");
dialog.innerHTML = '<div id="ask-body"></div>';
document.body.append(dialog);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-dismiss]")) return dialog.close();
  const link = event.target.closest?.("a[data-ask]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
  event.preventDefault();
  return ask(link.getAttribute("href"));
});

async function ask(address) {
  if (menu.matches(":popover-open")) menu.hidePopover();
  for (const open of document.querySelectorAll("details.menu-host[open]")) open.open = false;
  document.getElementById("ask-body").replaceChildren();
  try {
    await htmx.ajax("GET", address, { target: "#ask-body", swap: "innerHTML" });
  } catch {
    location.href = address;
    return;
  }
  if (!document.getElementById("ask-title")) return location.assign(address);  // the answer is an error: a page says it
  dialog.showModal();
  const field = dialog.querySelector("[autofocus]");
  field?.focus();
  field?.select?.();
}

// What is too much for one request goes on as a job, which has a card of its own.
document.addEventListener("job-started", () => dialog.open && dialog.close());

// The menus that move mail name the folders too: they are old now.
document.addEventListener("folders-changed", async () => {
  forget();
  if (dialog.open) dialog.close();
  if (!document.querySelector(".menu-targets")) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".menu-targets");
  if (!fresh) return;
  for (const old of document.querySelectorAll(".menu-targets")) {
    old.innerHTML = fresh.innerHTML;
    htmx.process(old);
  }
});
document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target?.matches("[id^=side-]") && forget());
