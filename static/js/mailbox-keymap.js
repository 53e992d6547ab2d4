// Choosing keys in the settings: a press on a key's button, then the new key, or two of them one after the other. What becomes of it,
// and who would lose that key, says the server (webmail/mailbox/keymap.py).
import { MODIFIERS, named } from "./mailbox-key-names.js";

const SEQUENCE_MS = 1000;  // as long as a second key is waited for
let slot = null, first = "", timer;

function listen(button) {
  leave();
  slot = button;
  slot.classList.add("is-listening");
  slot.setAttribute("aria-pressed", "true");
  say(slot.closest("#keymap").dataset.ask);
}

function leave() {
  clearTimeout(timer);
  first = "";
  slot?.classList.remove("is-listening");
  slot?.setAttribute("aria-pressed", "false");
  slot = null;
}

function say(words) {
  slot.querySelector(".key-ask").textContent = words;
}

function choose(keys) {
  const form = slot.form;
  form.elements.old.value = slot.dataset.slot;
  form.elements.new.value = keys;
  leave();
  form.requestSubmit();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-slot]");
  if (button && button !== slot) listen(button);
  else if (button || !event.target.closest?.(".key-slot")) leave();
});
document.addEventListener("focusout", (event) => event.target === slot && leave());

document.addEventListener("keydown", (event) => {
  if (!slot || MODIFIERS.includes(event.key) || event.isComposing) return;
  if (event.key === "Tab") return leave();
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.key === "Escape") return leave();
  clearTimeout(timer);
  const keys = first ? `${first} ${named(event)}` : named(event);
  if (first || event.ctrlKey || event.metaKey || event.key.length > 1) return choose(keys);
  first = keys;
  say(`${event.key} …`);
  timer = setTimeout(() => choose(first), SEQUENCE_MS);
}, true);
// A button is pressed when Space or Enter comes up again: not by the key that was just chosen.
document.addEventListener("keyup", (event) => slot && event.preventDefault(), true);
