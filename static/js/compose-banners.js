// Where the compose page tells what concerns the whole mail: below its bar, above the fields.

/** The element that banners go into. */
export function above() {
  const form = document.getElementById("composer"), there = form.querySelector(".composer-errors");
  if (there) return there;
  const made = document.createElement("div");
  made.className = "composer-errors";
  form.querySelector(".compose-bar").after(made);
  return made;
}
