// Choosing an appearance in the profile overrules what the quick switch remembered on this device (theme.js).
document.addEventListener("change", (event) => {
  if (event.target.name !== "theme") return;
  localStorage.removeItem("theme");
  if (event.target.value) document.documentElement.dataset.theme = event.target.value;
  else delete document.documentElement.dataset.theme;
});
