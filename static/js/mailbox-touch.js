// The list under a finger. A swipe on a row follows the finger and shows what letting go will do: towards the end of the line read or unread,
// towards its start the archive; it presses the row's own button, so that the answer, the way back and a refusal are those of the button.
// Pulled down at its top, the list is asked for again. Which of the two it is, or neither, the first movement decides; a scroll is the browser's.

const SLOP = 10, EDGE = 20; // px: below the one nothing has moved yet; so near to the edge a swipe is the browser's own
const PULL = 72, FRICTION = 0.45;
const threshold = (row) => Math.min(136, row.offsetWidth * 0.34);
const towardsEnd = () => (document.dir === "rtl" ? -1 : 1);

// -- a row

function commandOf(row, distance) {
  if (distance * towardsEnd() > 0) return row.classList.contains("is-unread") ? "read" : "unread";
  return document.querySelector('.list-picked [data-command="archive"]:enabled') && "archive";
}

function swiping(row) {
  let ground = null, command = null, distance = 0;

  // The row's buttons come when it is pointed at (mailbox-list.js).
  row.dispatchEvent(new Event("pointerover", { bubbles: true }));
  const button = (name) => row.querySelector(`.row-actions [data-command="${name}"]`);

  function lay(name) {
    ground?.remove();
    ground = document.createElement("div");
    ground.className = "swipe-ground";
    ground.dataset.does = name;
    ground.setAttribute("aria-hidden", "true");
    ground.append(button(name).querySelector("svg").cloneNode(true), button(name).getAttribute("aria-label"));
    ground.style.insetBlockStart = `${row.offsetTop}px`;
    ground.style.blockSize = `${row.offsetHeight}px`;
    row.parentElement.append(ground);
  }

  return {
    move(x) {
      const next = commandOf(row, x);
      if (next !== command) {
        command = next;
        if (next && button(next)) lay(next);
        else command = ground = void ground?.remove();
      }
      distance = command ? x : x / 6; // nothing to do there: it gives a little, and no more
      row.classList.add("is-swiped");
      row.style.transform = `translateX(${distance}px)`;
      ground?.classList.toggle("is-armed", Math.abs(distance) > threshold(row));
    },
    end(done) {
      const go = done && command && Math.abs(distance) > threshold(row);
      if (go && command === "archive") leave(row, ground, Math.sign(distance));
      else settle(row, ground);
      if (go) button(command).click();
    },
  };
}

function settle(row, ground) {
  row.classList.add("is-settling");
  row.style.transform = "";
  const over = () => {
    row.classList.remove("is-swiped", "is-settling");
    ground?.remove();
  };
  Promise.allSettled(row.getAnimations().map((animation) => animation.finished)).then(over);
}

// It is gone until the server says otherwise: new rows take its place, or it comes back beside the reason.
function leave(row, ground, side) {
  row.classList.add("is-settling");
  row.style.transform = `translateX(${side * row.offsetWidth}px)`;
  const back = ({ detail }) => {
    if (detail.requestConfig?.verb !== "post") return;
    document.removeEventListener("htmx:afterRequest", back);
    if (row.isConnected && !detail.successful) settle(row, ground);
  };
  document.addEventListener("htmx:afterRequest", back);
}

// -- the whole list

function pulling(scroller) {
  const mark = document.createElement("div");
  mark.className = "pull";
  mark.setAttribute("aria-hidden", "true");
  mark.append(document.querySelector("#list .pane-bar > :last-child svg").cloneNode(true));
  scroller.before(mark);
  let pulled = 0;
  const show = (amount) => {
    mark.style.transform = `translateY(${amount}px) rotate(${amount * 4}deg)`;
    mark.style.opacity = Math.min(1, amount / PULL);
    mark.classList.toggle("is-armed", amount >= PULL);
  };
  return {
    move(_, y) {
      pulled = Math.max(0, y * FRICTION);
      show(Math.min(pulled, PULL * 1.25));
    },
    end(done) {
      if (!done || pulled < PULL) return mark.remove();
      show(PULL);
      mark.classList.add("is-asking");
      document.addEventListener("htmx:afterRequest", () => mark.remove(), { once: true });
      askAgain();
    },
  };
}

// A list that is kept live is asked for in its own way (mailbox-known.js); another one by the button above it.
function askAgain() {
  const asker = document.querySelector("#known-mark [hx-get]") ?? document.getElementById("poll");
  if (asker) htmx.trigger(asker, "again");
  else document.querySelector("#list .pane-bar > a:last-child, #list .pane-bar > form:last-child > button").click();
}

// -- the finger

document.addEventListener("touchstart", (start) => {
  const scroller = start.target.closest?.("#rows");
  if (!scroller || start.touches.length > 1) return;
  const { clientX, clientY } = start.touches[0], row = start.target.closest(".row");
  const free = clientX > EDGE && clientX < innerWidth - EDGE, top = scroller.scrollTop <= 0;
  let gesture = null;

  function begin(x, y) {
    if (Math.abs(x) > Math.abs(y) * 1.2) return row && free && !row.matches(".is-settling") && swiping(row);
    return y > 0 && top && !document.querySelector(".pull") && pulling(scroller);
  }
  function move(event) {
    const [x, y] = [event.touches[0].clientX - clientX, event.touches[0].clientY - clientY];
    if (!gesture && Math.max(Math.abs(x), Math.abs(y)) < SLOP) return;
    gesture ??= begin(x, y) || null;
    if (!gesture || event.touches.length > 1) return stop(false);
    if (event.cancelable) event.preventDefault();
    gesture.move(x, y);
  }
  function stop(done) {
    scroller.removeEventListener("touchmove", move);
    for (const [name, listener] of ends) scroller.removeEventListener(name, listener);
    gesture?.end(done);
  }
  const ends = [["touchend", () => stop(true)], ["touchcancel", () => stop(false)]];
  scroller.addEventListener("touchmove", move, { passive: false });
  for (const [name, listener] of ends) scroller.addEventListener(name, listener);
}, { passive: true });
