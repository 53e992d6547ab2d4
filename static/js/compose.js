// The compose page: what is typed is kept once somebody pauses, and at Save, without leaving the page; Send waits for the files that are on their
// way, and asks where one is spoken of that is not there, or where there is no subject.
//
// input → five seconds after the last key, or fifteen after the last time, "keep": the row → once in half a minute "save": its copy on the mail
// server as well → form "saved". In a window over the mailbox (mailbox-windows.js) the form is told "put-away" before it is closed.
import { above } from "./compose-banners.js";
import * as files from "./compose-files.js";
import "./compose-hints.js";

const form = document.getElementById("composer");
const saved = document.getElementById("saved");
const held = document.getElementById("held");
const forgotten = document.getElementById("forgotten");
const sendButton = form.querySelector("[name=action][value=send]");
const inWindow = document.body.classList.contains("framed");
const PAUSE = 5_000, LONGEST = 15_000, MIRROR = 30_000; // milliseconds after the last key, between two times, between two copies on the server
const OF_FILES = /\b(?:attach(?:ed|ing|ments?)?|enclosed|ci-joint(?:e?s?)|joins|pi[eè]ces?[ \u00a0]jointes?)\b/i;
let changed = false, leaving = false, plainly = false, reminded = false, nameless = false, sending = false, keeping;
let contested = false; // it was saved elsewhere meanwhile: whoever writes here chooses first (drafts.Newer)
let typed = 0, tried = Date.now(), mirrored = Date.now(), behind = false; // moments; whether the copy on the server is older than the row

// True once it is kept, false where the server refuses it as it is, null while there is no line.
async function keep({ copy = true } = {}) {
  changed = false;
  tried = Date.now();
  const data = new FormData(form);
  data.delete("files"); // they go with the form, once
  data.set("action", copy ? "save" : "keep");
  keeping = new AbortController();
  try {
    // form.action would be the buttons of that name
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "HX-Request": "true" }, signal: keeping.signal });
    if (answer.status === 403 || answer.redirected) form.dispatchEvent(new Event("signed-out"));
    if (answer.status === 409) contest(await answer.text());
    if (!answer.ok || answer.redirected) return notKept(answer.status !== 422 && !answer.redirected ? null : false);
    if (answer.status === 200) saved.innerHTML = await answer.text();
    behind = !copy;
    if (copy) mirrored = Date.now();
    nameDraft();
    form.dispatchEvent(new Event("saved"));
    return true;
  } catch {
    return notKept(null);
  }
}

function notKept(outcome) {
  changed = true; // no line just now, or signed out: it is tried again
  if (!leaving) saved.textContent = saved.dataset.unsaved;
  return outcome;
}

function contest(question) {
  contested = true;
  above().querySelector("[data-newer]")?.remove();
  above().insertAdjacentHTML("beforeend", question);
}

// The draft has a row now: who loads the page again finds it.
function nameDraft() {
  if (!leaving) history.replaceState(history.state, "", form.getAttribute("action") + (inWindow ? "?framed=1" : ""));
}
const isNamed = () => location.pathname === form.getAttribute("action");

function keepByTurns() {
  if (leaving || contested) return;
  const now = Date.now(), copy = now - mirrored >= MIRROR;
  const paused = now - typed >= PAUSE && now - tried >= PAUSE;
  if (changed ? paused || now - tried >= LONGEST : behind && copy) keep({ copy });
}
setInterval(keepByTurns, 1000);

async function save() {
  if ((await keep()) !== false || files.isPending()) return;
  plainly = true; // its page says why
  form.requestSubmit(form.querySelector("[name=action][value=save]"));
}

// A window is closed: "saved", "nothing" where there is nothing to save, or "refused", as its page says.
async function putAway() {
  if (files.isPending()) await files.settled();
  if (changed || behind) {
    const outcome = await keep();
    if (outcome === false) form.requestSubmit(form.querySelector("[name=action][value=save]")); // its page says why
    if (!outcome) return "refused";
  }
  leaving = true;
  return isNamed() ? "saved" : "nothing";
}
form.addEventListener("put-away", ({ detail }) => { putAway().then(detail); });

// -- Send
function mayLeave() {
  const row = files.failed();
  if (row) {
    hold("failed");
    row.querySelector("button:not([hidden])").focus();
  } else if (files.isPending()) {
    sendOnceThere();
  } else if (!reminded && files.isEmpty() && OF_FILES.test(ownWords())) {
    forgotten.showModal();
  } else if (!nameless && hasRecipients() && !form.elements.subject.value.trim()) {
    askForSubject();
  } else {
    return true;
  }
  return false;
}

// Without, the server says what is missing first.
const hasRecipients = () => ["to", "cc", "bcc"].some((name) => form.elements[name].value.trim());

function hold(why) {
  held.hidden = !why;
  held.querySelector("span").textContent = why ? held.dataset[why] : "";
  held.querySelector("button").hidden = why !== "waiting";
}

async function sendOnceThere() {
  if (sending) return;
  sending = true;
  hold("waiting");
  await files.settled();
  if (!sending) return;
  sending = false;
  hold("");
  form.requestSubmit(sendButton);
}

held.querySelector("button").addEventListener("click", () => {
  sending = false;
  hold("");
});

// What somebody else wrote, quoted or passed on, speaks of other files.
function ownWords() {
  const editor = document.getElementById("editor");
  if (editor.hidden) return form.elements.subject.value + "\n" + form.elements.text.value.replace(/^>.*$/gm, "");
  const words = editor.cloneNode(true);
  for (const quote of words.querySelectorAll("blockquote")) quote.remove();
  return form.elements.subject.value + "\n" + words.innerText;
}

forgotten.addEventListener("close", () => {
  if (forgotten.returnValue === "attach") document.getElementById("files").click();
  if (forgotten.returnValue !== "send") return;
  reminded = true;
  form.requestSubmit(sendButton);
});

function askForSubject() {
  const question = document.getElementById("unnamed").content.firstElementChild.cloneNode(true);
  document.body.append(question);
  question.addEventListener("close", () => {
    question.remove();
    nameless = question.returnValue === "send";
    if (nameless) form.requestSubmit(sendButton);
    else form.elements.subject.focus();
  });
  question.showModal();
}

// -- leaving
form.addEventListener("input", () => {
  changed = true;
  typed = Date.now();
  if (!sending) hold("");
});
form.addEventListener("files:stored", () => {
  changed = true;
  nameDraft();
});
form.addEventListener("submit", (event) => {
  const action = event.submitter?.value;
  if (leaving || (action === "send" && !mayLeave())) return event.preventDefault();
  if (action === "save" && !plainly) {
    event.preventDefault();
    return save();
  }
  leaving = true;
  keeping?.abort(); // what is sent is the last word
  files.stop();
});
// Back in history shows the page as it was left: it may be sent again.
addEventListener("pageshow", () => { leaving = plainly = false; });
// A window comes back by itself, with what lies on the device (compose-kept.js); files that are on their way do not.
addEventListener("beforeunload", (event) => { if (((changed && !inWindow) || files.isPending()) && !leaving) event.preventDefault(); });

// An answer is begun above what it quotes; or below, where its first line belongs to the quote (beginnings.py).
const text = form.elements.text;
if (text.autofocus) {
  const quote = /^[^\n]+\n(?:>.*\n)+\n/.exec(text.value), at = quote?.[0].length ?? 0;
  text.setSelectionRange(at, at);
}
