// Links that lead to the compose page open it in a window over the page, where there is room for one; the windows themselves
// (mailbox-windows.js) are loaded with the first. On a phone, and with a modifier key, a link is a link.
// Windows that were open when the page was left (sessionStorage, by mailbox-windows.js) come back with the next page of the same tab.

const WRITES = /^\/compose\/(?:$|[0-9a-f-]{36}\/$|\d+\/[^/]+\/\d+\/\d+\/(?:reply|all|forward|edit)\/$)/;
const ROOM = matchMedia("(min-width: 40.01rem) and (min-height: 26rem)");
const reader = document.querySelector("meta[name=reader]")?.content;
const isPageOfItsOwn = Boolean(document.getElementById("composer"));
const windows = () => import("./mailbox-windows.js");

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || link.origin !== location.origin || !WRITES.test(link.pathname) || isPageOfItsOwn || !ROOM.matches) return;
  event.preventDefault();
  const from = document.activeElement, address = link.pathname + link.search;
  if (link.hidden) link.remove(); // a key has made it (mailbox-keys.js)
  windows().then(({ open }) => open(address, { from }));
});

if (!isPageOfItsOwn && ROOM.matches && reader && sessionStorage.getItem(`windows:${reader}`)) windows().then(({ reopen }) => reopen());
