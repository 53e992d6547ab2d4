// A job on a whole folder changes a list while somebody looks at it (webmail/bulk). Its card tells how far it is and which folders it concerns; where
// the list that is shown is of one of them, it is asked for again, now and then: the new rows leave selection, focus and place as they are
// (mailbox-known.js). At the job's end the server says so itself (bulk/views.py).

const PAUSE_MILLISECONDS = 4_000;
const passed = new Map();  // by job, when its list was last asked for
let asked = 0;

const shown = () => new URL(document.getElementById("list")?.dataset.address ?? "", location).pathname;

document.addEventListener("htmx:afterSettle", () => {
  const poller = document.getElementById("poll"), now = Date.now();
  if (!poller || document.visibilityState !== "visible" || now - asked < PAUSE_MILLISECONDS) return;
  const jobs = [...document.querySelectorAll("#jobs [data-passed]")].filter((job) => job.dataset.lists.split(" ").includes(shown()));
  const further = jobs.filter((job) => Number(job.dataset.passed) > (passed.get(job.id) ?? 0));
  if (!further.length) return;
  for (const job of further) passed.set(job.id, Number(job.dataset.passed));
  asked = now;
  htmx.trigger(poller, "again");
});
