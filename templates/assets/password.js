// Says while one types what a new password still lacks, and shows passwords on demand. The pages work
// without it: the server tells the same.
"use strict";

for (const list of document.querySelectorAll("[data-rules-of]")) {
  const field = document.getElementById(list.dataset.rulesOf);
  const rules = [...list.querySelectorAll("[data-pattern]")].map((item) => {
    const state = document.createElement("span");
    state.className = "visually-hidden";
    item.append(state);
    return { item, state, pattern: new RegExp(item.dataset.pattern, "su") };
  });
  const look = () => {
    const typed = field.value !== "";
    for (const { item, state, pattern } of rules) {
      const met = pattern.test(field.value);
      item.classList.toggle("passwordCheck-valid-customizable", typed && met);
      item.classList.toggle("passwordCheck-notValid-customizable", typed && !met);
      state.textContent = typed ? ` (${met ? list.dataset.met : list.dataset.unmet})` : "";
    }
  };
  field.addEventListener("input", look);
  look();
}

for (const button of document.querySelectorAll("[data-reveals]")) {
  const fields = button.dataset.reveals.split(" ").map((id) => document.getElementById(id));
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    for (const field of fields) field.type = shown ? "text" : "password";
  });
}

// Nothing that a browser keeps of the form is to be a password in plain sight.
addEventListener("submit", () => {
  for (const button of document.querySelectorAll("[data-reveals][aria-pressed=true]")) button.click();
}, true);
