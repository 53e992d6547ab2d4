// How the window is divided: where a message is read, how close the rows stand, whether the folder column is shown, and how large each pane is.
// Loaded in <head>, so that all of it holds before anything is painted. It is kept on the device and not with the person: a phone, a laptop and
// a wide screen want it each in its own way, and so every page's HTML is the same for everybody.
// localStorage "layout": {"reading": "bottom", "density": "compact", "column": "hidden", "side": 240, "list": 432, "top": 380}; what is not in it
// is as panes.css has it. A button that says data-layout="reading:bottom" chooses, on any page; one with two words, "column:hidden/shown", turns.
{
  const root = document.documentElement;
  const CHOICES = { reading: ["right", "bottom", "none"], density: ["comfortable", "compact"], column: ["shown", "hidden"] };  // the usual first
  const PANES = ["side", "list", "top"];  // pixels of the pane before a separator
  let kept = {};

  function recall() {
    try {
      kept = JSON.parse(localStorage.getItem("layout")) ?? {};
    } catch {
      kept = {};  // a browser that stores nothing: everything is as usual, until the page is left
    }
  }

  function apply() {
    for (const [name, values] of Object.entries(CHOICES)) {
      if (values.indexOf(kept[name]) > 0) root.dataset[name] = kept[name];
      else delete root.dataset[name];
    }
    for (const pane of PANES) {
      if (kept[pane] > 0) root.style.setProperty(`--pane-${pane}`, `${kept[pane]}px`);
      else root.style.removeProperty(`--pane-${pane}`);
    }
  }

  // What is kept may come from another tab, or an older version: only what is known is written back.
  function choose(name, value) {
    recall();
    kept[name] = value;
    const known = Object.entries(kept).filter(([key, each]) => (key in CHOICES ? CHOICES[key].includes(each) : PANES.includes(key) && each > 0));
    kept = Object.fromEntries(known);
    try {
      localStorage.setItem("layout", JSON.stringify(kept));
    } catch {
      // it holds until the page is left
    }
    apply();
    mark();
    document.dispatchEvent(new Event("layout"));
  }

  const chosen = (name) => root.dataset[name] ?? CHOICES[name][0];

  function mark() {
    for (const button of document.querySelectorAll("[data-layout]")) {
      const [name, value] = button.dataset.layout.split(":"), [on] = value.split("/");
      button.setAttribute("aria-pressed", chosen(name) === on);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-layout]");
    if (!button) return;
    const [name, value] = button.dataset.layout.split(":"), [on, off] = value.split("/");
    choose(name, off && chosen(name) === on ? off : on);
  });
  for (const happening of ["DOMContentLoaded", "toggle", "htmx:load"]) document.addEventListener(happening, mark, true);
  addEventListener("storage", (event) => {
    if (event.key !== "layout") return;
    recall();
    apply();
    mark();
    document.dispatchEvent(new Event("layout"));
  });

  recall();
  apply();
  window.layout = { choose, chosen };
}
