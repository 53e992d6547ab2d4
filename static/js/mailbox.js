// On every page with the folder column: error fragments are shown where they belong, menus close, toasts leave by themselves.

// htmx drops answers that are errors; ours are fragments that say what happened and what to do.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html") && !xhr.responseText.includes("<!doctype")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// Without a word, what stays on the page would pass for the answer that never came.
document.addEventListener("htmx:sendError", () => {
  const toasts = document.getElementById("toasts");
  if (!toasts.querySelector("[data-unreachable]")) toasts.append(document.getElementById(navigator.onLine ? "unreachable" : "offline-toast").content.cloneNode(true));
});
document.addEventListener("htmx:beforeOnLoad", () => document.querySelector("[data-unreachable]")?.remove());

// The tab tells how much is unread, as the column does, also while another tab is looked at.
document.addEventListener("htmx:afterSwap", (event) => {
  const open = event.detail.target?.matches("[id^=side-]") && event.detail.target.querySelector("[aria-current]");
  const name = open && open.querySelector("bdi").textContent;
  if (!name || !document.title.startsWith(name)) return;
  const unread = open.querySelector("[data-unread]")?.dataset.unread;
  document.title = name + (unread ? ` (${unread})` : "") + document.title.slice(name.length).replace(/^ \(\d+\)/, "");
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu-host[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu-host[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.preventDefault();  // it lets no selection go as well (mailbox-keys.js)
});

// Ten seconds to read, as long as nobody points at them or is within; a problem stays until it is dismissed by the next page.
const TOAST_SECONDS = 10;
const seen = new WeakMap();
setInterval(() => {
  for (const toast of document.querySelectorAll("#toasts > .toast")) {
    if (toast.matches(":hover, :focus-within") || toast.querySelector('use[href$="#alert"], [data-leaving]')) continue;
    const age = (seen.get(toast) ?? 0) + 1;
    seen.set(toast, age);
    if (age > TOAST_SECONDS) toast.remove();
  }
}, 1000);
