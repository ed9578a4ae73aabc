// The log's filter: a choice takes effect at once, and the times are shown for a range only.
"use strict";

for (const form of document.querySelectorAll("[data-log-filter]")) {
  const date = form.elements.date;
  const show = () => {
    for (const name of ["since", "until"])
      form.querySelector(`[data-field="${name}"]`).hidden = date.value !== "range";
  };
  if (form.elements.since.value || form.elements.until.value) {
    if (!date.value) date.value = "range";
  }
  show();
  // With the arrow keys one passes by choices that one does not mean: Search is for them.
  let isByKey = false;
  form.addEventListener("pointerdown", () => (isByKey = false));
  form.addEventListener("keydown", () => (isByKey = true));
  form.addEventListener("change", (event) => {
    if (event.target === date) show();
    if (!isByKey && event.target.matches("select") && date.value !== "range") form.requestSubmit();
  });
}
