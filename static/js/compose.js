// The compose page: Ctrl+Enter sends, Ctrl+S saves, what is typed is kept every half minute, picked files are listed before they are sent.
const form = document.getElementById("composer");
const saved = document.getElementById("saved");
const files = document.getElementById("files");
const picked = document.getElementById("picked");
const KEEP_AFTER = 30_000;
let changed = false, leaving = false, keeping;

function press(selector) {
  form.requestSubmit(form.querySelector(selector));
}

async function keep() {
  if (!changed || leaving) return;
  changed = false;
  const data = new FormData(form);
  data.delete("files"); // they go with the form, once
  data.set("action", "save");
  keeping = new AbortController();
  try {
    // form.action would be the buttons of that name
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "HX-Request": "true" }, signal: keeping.signal });
    if (!answer.ok || answer.redirected) throw new Error("not kept");
    if (answer.status === 200) saved.innerHTML = await answer.text();
  } catch {
    changed = true; // no line just now, or signed out: the next half minute tries again
    if (!leaving) saved.textContent = saved.dataset.unsaved;
  }
}

function listPicked() {
  picked.replaceChildren(...[...files.files].map((file) => {
    const item = document.createElement("li"), name = document.createElement("bdi"), size = document.createElement("span");
    item.className = "file file-picked";
    name.className = "file-name";
    size.className = "file-size";
    name.textContent = file.name;
    const unit = file.size < 1_000_000 ? ["kilobyte", 1_000] : ["megabyte", 1_000_000];
    size.textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(file.size / unit[1]);
    item.append(name, size);
    return item;
  }));
  picked.hidden = !files.files.length;
}

form.addEventListener("input", () => { changed = true; });
form.addEventListener("submit", (event) => {
  if (leaving) return event.preventDefault();
  leaving = true;
  keeping?.abort(); // what is sent is the last word
});
// Back in history shows the page as it was left: it may be sent again.
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => { if ((changed || files.files.length) && !leaving) event.preventDefault(); });
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  if (event.key === "Enter") { event.preventDefault(); press("[data-send]"); }
  if (event.key.toLowerCase() === "s") { event.preventDefault(); press("[data-save]"); }
});
files.addEventListener("change", listPicked);
setInterval(keep, KEEP_AFTER);

// An answer is begun above what it quotes.
const text = form.elements.text;
if (text.autofocus) text.setSelectionRange(0, 0);
