// The seconds in which a sent mail can be taken back, counted down in its toast (compose/_following.html). The time itself is the server's: it
// says by itself what became of the mail.

const ends = new WeakMap();
setInterval(() => {
  for (const clock of document.querySelectorAll("[data-leaves-in]")) {
    if (!ends.has(clock)) ends.set(clock, Date.now() + clock.dataset.leavesIn * 1000);
    const left = Math.max(0, Math.ceil((ends.get(clock) - Date.now()) / 1000));
    clock.textContent = clock.dataset.words.replace("%1", left);
  }
}, 1000);
