// The eye beside a password field. Without script the field stays as it is and the button hidden.
for (const group of document.querySelectorAll("[data-reveal]")) {
  const input = group.querySelector("input"), button = group.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  // A shown password must not be sent as a text field: browsers would offer it again later.
  input.form?.addEventListener("submit", () => { input.type = "password"; });
}
