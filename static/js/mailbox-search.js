// The search box: a combobox whose grid (mailbox/_search_panel.html) offers recent searches, people and operators. Which fit is decided here,
// from one answer of the server for each list; what is chosen is put into the box, a recent search is sent off at once.

const field = () => document.getElementById("search-field");
const panel = () => document.getElementById("search-panel");
const offers = () => [...panel().querySelectorAll(".search-offer")];
const shown = () => offers().filter((offer) => !offer.hidden);
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const MOST = { recent: 10, person: 6, operator: 22 };
const FIRST = 8;  // operators, before anything is typed

// -- the word at the caret

function word(input) {
  const before = input.value.slice(0, input.selectionStart ?? input.value.length);
  // From the start on: what a quotation mark opens or closes follows from those before it.
  const last = [...before.matchAll(/(?:[^\s"]|"[^"]*(?:"|$))+/g)].at(-1), typed = last && last.index + last[0].length === before.length ? last[0] : "";
  return { typed, start: before.length - typed.length, end: before.length };
}

function replaceWord(input, text) {
  const { start, end } = word(input), after = input.value.slice(end).trimStart();
  input.value = input.value.slice(0, start) + text + after;
  input.setSelectionRange(start + text.length, start + text.length);
}

// -- open and closed

function isOpen() {
  return Boolean(panel()) && !panel().hidden;
}

function open() {
  if (panel().querySelector(".search-offers")) show();
  else if (!panel().classList.contains("htmx-request")) load(field().dataset.panel);
}

const load = (address) => htmx.ajax("GET", address, { target: panel(), swap: "innerHTML", source: panel() });

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== panel() || !panel()) return;
  if (panel().querySelector(".search-offers")) {
    if (document.activeElement === field()) show();
  } else {
    panel().hidden = false;
    field().setAttribute("aria-expanded", "false");
    panel().querySelector("input")?.focus();
  }
});

function show() {
  panel().hidden = false;
  field().setAttribute("aria-expanded", "true");
  filter();
}

function close() {
  if (!panel()) return;
  panel().hidden = true;
  field().setAttribute("aria-expanded", "false");
  activate(null);
}

/** What a screen reader is told is only true with this script. */
function combobox() {
  const input = field();
  if (!input || input.hasAttribute("role")) return;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-haspopup": "grid", "aria-expanded": "false", "aria-controls": "search-offers", "aria-autocomplete": "list" })) input.setAttribute(name, value);
}

// -- what fits

function fits(offer, typed) {
  const { kind, typed: text, name = "" } = offer.dataset;
  if (kind === "recent") return folded(text).includes(folded(field().value.trim())) && text !== field().value.trim();
  const asked = folded(typed.replace(/^-/, ""));
  if (kind === "operator") return folded(text).startsWith(asked) && folded(text) !== asked;
  const [, , start] = /^(\p{L}+:)?"?(.*)$/u.exec(asked);
  return start !== "" && [folded(text), ...folded(name).split(/[\s,.]+/)].some((each) => each.startsWith(start));
}

function filter() {
  const { typed } = word(field()), left = { ...MOST };
  if (!field().value.trim()) left.operator = FIRST;
  for (const offer of offers()) offer.hidden = !(fits(offer, typed) && left[offer.dataset.kind]-- > 0);
  for (const group of panel().querySelectorAll('[role="rowgroup"]')) group.hidden = !group.querySelector(".search-offer:not([hidden])");
  activate(null);
}

// -- moving about

let active = null, second = false;  // the row, and whether its second cell
function activate(offer, onSecond = false) {
  active?.setAttribute("aria-selected", "false");
  active?.querySelector(".is-active")?.classList.remove("is-active");
  [active, second] = [offer, Boolean(offer) && onSecond];
  if (!offer) return field()?.removeAttribute("aria-activedescendant");
  const cell = offer.querySelectorAll('[role="gridcell"]')[second ? 1 : 0];
  offer.setAttribute("aria-selected", "true");
  if (second) cell.classList.add("is-active");
  field().setAttribute("aria-activedescendant", cell.id);
  offer.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = shown(), at = all.indexOf(active);
  if (all.length) activate(all.at(at < 0 ? (by > 0 ? 0 : -1) : (at + by) % all.length));
}

function choose(offer) {
  const input = field(), { kind, typed } = offer.dataset;
  if (kind === "recent") {
    input.value = typed;
    return input.form.requestSubmit();
  }
  const { typed: before } = word(input);
  if (kind === "person") {
    const operator = /^-?\p{L}+:/u.exec(before)?.[0] ?? panel().querySelector('[data-kind="operator"]').dataset.typed;
    replaceWord(input, `${operator}${typed} `);
  } else {
    replaceWord(input, (before.startsWith("-") ? "-" : "") + typed + (typed.endsWith(":") ? "" : " "));
  }
  input.focus();
  filter();
}

const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  Enter: () => active && (second ? forget(active) : choose(active)),
  Escape: close,
};

function answer(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!isOpen()) {
    if (event.key === "ArrowDown") open();
    return;
  }
  if (event.key === "Enter" && !active) return close();
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (active?.dataset.kind === "recent" && ["ArrowRight", "ArrowLeft"].includes(event.key)) activate(active, event.key === forward);
  else if (KEYS[event.key]) KEYS[event.key]();
  else return;
  event.preventDefault();
}

document.addEventListener("focusin", (event) => {
  if (event.target === field()) open();
  else if (isOpen() && !panel().contains(event.target)) close();
});
document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  if (isOpen()) filter();
  else open();
});
document.addEventListener("keydown", (event) => {
  if (event.target === field()) answer(event);
  else if (event.key === "Escape" && isOpen() && panel().contains(event.target)) {
    field().focus();
    close();
  }
});
document.addEventListener("pointerdown", (event) => {
  if (isOpen() && !event.target.closest("#search-panel, .search")) close();
  if (event.target.closest?.(".search-offer")) event.preventDefault();  // the box keeps the focus
});
document.addEventListener("click", (event) => {
  if (event.target === field() && !isOpen()) open();
  const offer = event.target.closest?.(".search-offer"), more = event.target.closest?.("[data-search-more]");
  if (offer) (event.target.closest("[data-forget]") ? forget : choose)(offer);
  if (event.target.closest?.("[data-forget-all]")) forgetAll();
  if (event.target.closest?.("[data-search-close]") && isOpen()) {
    event.preventDefault();
    panel().replaceChildren();
    field().focus();
  }
  if (more && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    form(more.href);
  }
});

// -- the form with all fields, in the place of the offers

function form(address) {
  const asked = new URL(address);
  asked.searchParams.set("q", field().value);
  load(asked.pathname + asked.search);
}

// -- recent searches

const tell = (values) => htmx.ajax("POST", panel().dataset.history, { values, swap: "none", source: panel() });

function forget(offer) {
  const next = offer.nextElementSibling ?? offer.previousElementSibling;
  tell({ forget: offer.dataset.typed });
  offer.remove();
  activate(next?.matches(".search-offer:not([hidden])") ? next : null);
  if (!panel().querySelector('[data-kind="recent"]')) hideRecent();
}

function forgetAll() {
  tell({ all: "on" });
  for (const offer of offers()) if (offer.dataset.kind === "recent") offer.remove();
  hideRecent();
  field().focus();
}

function hideRecent() {
  panel().querySelector("[data-forget-all]")?.remove();
  filter();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-keeps]")) return;
  tell({ keeps: event.target.checked ? "on" : "off" });
  if (!event.target.checked) {
    for (const offer of offers()) if (offer.dataset.kind === "recent") offer.remove();
    hideRecent();
  }
});

document.addEventListener("submit", (event) => {
  const input = event.target.matches?.("[role=search]") && field();
  if (!input) return;
  if (input.value.trim()) tell({ keep: input.value });
  close();
  input.blur();
});

document.addEventListener("htmx:afterSettle", combobox);
combobox();
