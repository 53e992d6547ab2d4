// A theme chosen in the settings shows at once, and overrules what the quick switch remembered on this device (theme.js).
document.addEventListener("change", ({ target }) => {
  if (target.name !== "theme") return;
  localStorage.removeItem("theme");
  if (target.value) document.documentElement.dataset.theme = target.value;
  else delete document.documentElement.dataset.theme;
});
