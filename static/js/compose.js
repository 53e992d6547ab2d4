// The compose page: what is typed is kept every half minute and at Save, without leaving the page; Send waits for the files that are on their way,
// and asks where one is spoken of that is not there.
import * as files from "./compose-files.js";

const form = document.getElementById("composer");
const saved = document.getElementById("saved");
const held = document.getElementById("held");
const forgotten = document.getElementById("forgotten");
const sendButton = form.querySelector("[name=action][value=send]");
const KEEP_AFTER = 30_000;
const OF_FILES = /\b(?:attach(?:ed|ing|ments?)?|enclosed|ci-joint(?:e?s?)|joins|pi[eè]ces?[ \u00a0]jointes?)\b/i;
let changed = false, leaving = false, plainly = false, reminded = false, sending = false, keeping;

// True once it is kept, false where the server refuses it as it is, null while there is no line.
async function keep() {
  changed = false;
  const data = new FormData(form);
  data.delete("files"); // they go with the form, once
  data.set("action", "save");
  keeping = new AbortController();
  try {
    // form.action would be the buttons of that name
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "HX-Request": "true" }, signal: keeping.signal });
    if (answer.status === 403 || answer.redirected) form.dispatchEvent(new Event("signed-out"));
    if (!answer.ok || answer.redirected) return notKept(answer.status !== 422 && !answer.redirected ? null : false);
    if (answer.status === 200) saved.innerHTML = await answer.text();
    nameDraft();
    form.dispatchEvent(new Event("saved"));
    return true;
  } catch {
    return notKept(null);
  }
}

function notKept(outcome) {
  changed = true; // no line just now, or signed out: the next half minute tries again
  if (!leaving) saved.textContent = saved.dataset.unsaved;
  return outcome;
}

// The draft has a row now: who loads the page again finds it.
function nameDraft() {
  if (!leaving) history.replaceState(history.state, "", form.getAttribute("action"));
}

async function save() {
  if ((await keep()) !== false || files.isPending()) return;
  plainly = true; // its page says why
  form.requestSubmit(form.querySelector("[name=action][value=save]"));
}

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
  } else {
    return true;
  }
  return false;
}

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

// -- leaving
form.addEventListener("input", () => {
  changed = true;
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
addEventListener("beforeunload", (event) => { if ((changed || files.isPending()) && !leaving) event.preventDefault(); });
setInterval(() => { if (changed && !leaving) keep(); }, KEEP_AFTER);

// An answer is begun above what it quotes; or below, where its first line belongs to the quote (beginnings.py).
const text = form.elements.text;
if (text.autofocus) {
  const quote = /^[^\n]+\n(?:>.*\n)+\n/.exec(text.value), at = quote?.[0].length ?? 0;
  text.setSelectionRange(at, at);
}
