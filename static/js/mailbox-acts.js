// What is done with messages shows at once. A form of acts is submitted → show(): its rows leave or change, and the next message opens → the
// request, one after the other, from an element that outlives the form and the message it stands in → the server's rows replace those shown, and
// what is still under way is shown on them again. No answer, or a refusal: the rows come back where they were, and mailbox.js says the reason.
// Who leaves the page meanwhile loses nothing: what was not sent yet is sent then, and the next list tells what became of it. Without this
// script the forms are sent as they are.

import { markOpen } from "./mailbox-list.js";
import { backToList, close, isReading, onePane } from "./mailbox-panes.js";

const FLAGS = { read: ["unread", false], unread: ["unread", true], star: ["starred", true], unstar: ["starred", false] };
const row = (uid) => document.getElementById(`row-${uid}`);
const seen = () => [...document.querySelectorAll("#rows .row:not([hidden])")];
const underWay = new Set();
let last = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target, { submitter } = event;
  if (!/\/act\/$/.test(form.getAttribute("hx-post") ?? "") || event.defaultPrevented) return;
  const act = read(form, submitter);
  if (act.picked && form.querySelector("[data-pick-everything]:checked")) return;  // a job of the worker (mailbox-select.js)
  if (!act.uids.length || !act.action) return;  // the server has the words for it
  event.preventDefault();
  event.stopPropagation();
  if (submitter?.dataset.sure && !confirm(submitter.dataset.sure)) return;
  if (submitter?.dataset.sure) act.values.set("sure", "on");  // else the server asks (views/acts.py)
  submitter?.closest("details[open]")?.removeAttribute("open");
  perform(act);
}, true);

function read(form, submitter) {
  const values = new FormData(form, submitter), [one, uid] = (values.get("one") ?? "").split(" ");
  const action = one || values.get("action") || (values.get("target") && "move");
  return { url: form.getAttribute("hx-post"), values, action, uids: uid ? [uid] : values.getAll("uid"), picked: form.id === "acts" && !uid };
}

async function perform(act) {
  underWay.add(act);
  act.was = act.uids.map(row).filter(Boolean).map((each) => ({ uid: each.dataset.uid, unread: each.classList.contains("is-unread"), starred: isStarred(each), picked: each.querySelector(".check").checked }));
  show(act);
  if (act.picked || !FLAGS[act.action]) pick(act.uids, false);  // what is leaving belongs to no selection
  const before = last;
  last = before.then(() => send(act));
  const done = await last;
  underWay.delete(act);
  if (!done) takeBack(act);
}

/** Whether the server did it, or at least has said why it didn't and what the list shows now. */
function send(act) {
  if (act.sent) return true;
  act.sent = true;
  const carrier = document.createElement("div");
  carrier.dataset.carrier = "";
  carrier.hidden = true;
  carrier.setAttribute("hx-select-oob", "#toasts");
  document.body.append(carrier);
  act.values.set("open", document.getElementById("open-uid")?.value ?? "");
  return new Promise((resolve) => {
    carrier.addEventListener("htmx:afterRequest", ({ detail }) => {
      resolve(detail.xhr.status >= 200 && detail.xhr.status < 400);
      setTimeout(() => carrier.remove());
    });
    const values = Object.fromEntries([...new Set(act.values.keys())].map((name) => [name, act.values.getAll(name)]));
    htmx.ajax("POST", act.url, { source: carrier, target: "#rows", swap: "innerHTML", values }).catch(() => resolve(false));
  });
}

// What waits for its turn when the page is left goes on its way all the same.
addEventListener("pagehide", () => {
  for (const act of underWay) {
    if (!act.sent) act.sent = navigator.sendBeacon(act.url, act.values);
  }
});

// Which message is open was settled when the act was shown.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig?.elt.matches("[data-carrier]") && detail.xhr.status < 400) detail.serverResponse = withoutMessage(detail.serverResponse);
});
function withoutMessage(html) {
  const page = document.createElement("template");
  page.innerHTML = html;
  page.content.querySelector("#message")?.remove();
  return page.innerHTML;
}

// ---------- what is seen of it ----------

function show({ action, uids }) {
  if (FLAGS[action]) for (const uid of uids) flag(uid, ...FLAGS[action]);
  else leave(uids);
}

const isStarred = (each) => each.querySelector(".star").getAttribute("aria-pressed") === "true";
function flag(uid, name, on) {
  const each = row(uid);
  if (name === "unread") return each?.classList.toggle("is-unread", on);
  each?.classList.toggle("is-starred", on);
  const buttons = [each?.querySelector(".star"), document.getElementById("open-uid")?.value === uid && document.getElementById("star-button")];
  for (const star of buttons.filter(Boolean)) {
    star.setAttribute("aria-pressed", on);
    star.value = star.value.replace(/^(un)?star/, on ? "unstar" : "star");
    const icon = star.querySelector("use");
    icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, on ? "#star-on" : "#star"));
  }
}

function leave(uids) {
  const going = new Set(uids), all = seen(), open = all.find((each) => each.getAttribute("aria-current") === "true");
  const focused = document.activeElement?.closest?.("#rows .row");
  const next = (from, wanted) => nextTo(all, all.indexOf(from), going, wanted)?.querySelector(".row-link");
  const wanted = document.documentElement.dataset.afterAct;
  const opens = open && going.has(open.dataset.uid) && { link: wanted === "list" ? null : next(open, wanted), below: next(open) };
  const focuses = focused && going.has(focused.dataset.uid) && next(focused);
  for (const uid of uids) row(uid)?.toggleAttribute("hidden", true);
  if (focuses) focuses.focus();
  if (opens) goOn(opens);
  else if (going.has(document.getElementById("open-uid")?.value) && isReading()) close();
}

function goOn({ link, below }) {
  if (link && !onePane()) return link.click();
  if (onePane()) backToList();
  else close();
  below?.focus();
}

function nextTo(all, at, going, wanted) {
  const stays = (each) => !going.has(each.dataset.uid), below = all.slice(at + 1).find(stays), above = all.slice(0, at).reverse().find(stays);
  return wanted === "previous" ? above ?? below : below ?? above;
}

function takeBack({ was }) {
  for (const { uid, unread, starred } of was) {
    const each = row(uid);
    if (!each) continue;
    each.hidden = false;
    flag(uid, "unread", unread);
    flag(uid, "starred", starred);
    each.classList.add("is-back");
    each.addEventListener("animationend", () => each.classList.remove("is-back"), { once: true });
  }
  pick(was.filter(({ picked }) => picked).map(({ uid }) => uid), true);
}

function pick(uids, on) {
  const checks = uids.map((uid) => row(uid)?.querySelector(".check")).filter(Boolean);
  for (const check of checks) check.checked = on;
  checks[0]?.dispatchEvent(new Event("change", { bubbles: true }));
}

// ---------- opening ----------

const PATIENCE = 2_500;  // milliseconds: then the mail server is called slow
let opening = null, patience = null;
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (!target.matches?.("#rows .row-link")) return;
  const former = opening !== target && document.querySelector("[data-slow]") && opening;
  opening = target;
  if (former) htmx.trigger(former, "htmx:abort");  // a connection that waits is missing elsewhere
  clearTimeout(patience);
  patience = setTimeout(sayThatItIsSlow, PATIENCE);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt !== opening) return;
  opening = null;
  clearTimeout(patience);
  document.querySelector("[data-slow]")?.remove();
});

// Only the last one asked for is shown.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig?.elt.matches(".row-link") && detail.requestConfig.elt !== opening) detail.shouldSwap = false;
});

function sayThatItIsSlow() {
  if (!document.querySelector("[data-slow]")) document.getElementById("toasts").append(document.getElementById("slow").content.cloneNode(true));
}
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-slow] button") || !opening) return;
  const link = opening;
  htmx.trigger(link, "htmx:abort");
  markOpen(document.getElementById("open-uid")?.value);
  link.focus();
});

// An answer knows nothing of what was done since it was asked for.
function showAgain() {
  for (const { action, uids } of underWay) {
    for (const uid of uids) {
      if (FLAGS[action]) flag(uid, ...FLAGS[action]);
      else row(uid)?.toggleAttribute("hidden", true);
    }
  }
}
document.addEventListener("htmx:oobAfterSwap", showAgain);

// New rows: those that are still leaving leave again, and the message that is open, or on its way, is marked as such.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target?.id !== "rows") return;
  showAgain();
  if (detail.requestConfig?.elt.matches("[data-carrier]")) markOpen(opening?.closest(".row").dataset.uid ?? document.getElementById("open-uid")?.value);
});

// A message that was opened says by a form in it that it was read. It may be closed, or the next one be open, before that is answered.
document.addEventListener("htmx:beforeRequest", ({ target, detail }) => {
  if (!target.matches?.("#message > form[hidden]")) return;
  target.dataset.uid = detail.requestConfig.parameters.uid;
  document.body.append(target);
  target.addEventListener("htmx:beforeSwap", (event) => {
    if (target.dataset.uid !== document.getElementById("open-uid")?.value) event.detail.serverResponse = withoutButtons(event.detail.serverResponse);
  });
  target.addEventListener("htmx:afterRequest", () => setTimeout(() => target.remove()));
});
function withoutButtons(html) {
  const page = document.createElement("template");
  page.innerHTML = html;
  for (const button of page.content.querySelectorAll("#seen-button, #star-button")) button.remove();
  for (const current of page.content.querySelectorAll(".row[aria-current]")) current.removeAttribute("aria-current");
  return page.innerHTML;
}
