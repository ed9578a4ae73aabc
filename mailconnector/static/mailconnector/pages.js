// Small things on every page; each page works without them.
"use strict";

// Times are shown in the viewer's zone from the next page on.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone)
  document.cookie = `mailconnector_timezone=${zone}; path=/; max-age=31536000; SameSite=Lax${
    window.location.protocol === "https:" ? "; Secure" : ""
  }`;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  if (source.select) source.select();
  else window.getSelection().selectAllChildren(source);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
  } catch {
    document.execCommand("copy"); // without https there is no clipboard API
  }
  const label = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = label), 1500);
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Unfold's script looks for the text field that its own file fields have, and fails at ours.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches("input.mc-file")) event.stopPropagation();
  },
  true,
);

// What cannot be undone asks for ticked rows as the button of a single one does
const QUESTIONS = { delete: "confirmDelete", send_again: "confirmSendAgain" };
document.addEventListener("submit", (event) => {
  const { submitter } = event;
  const action =
    submitter?.name === "action"
      ? submitter.value
      : event.target.querySelector('select[name="action"]')?.value;
  if (!QUESTIONS[action] || submitter?.dataset.confirm) return;
  const question = event.target.closest("[data-confirm-delete]")?.dataset[QUESTIONS[action]];
  if (question && !window.confirm(question)) event.preventDefault();
});

// Unfold's question before leaving listens anew to each field whenever anything in the form changes,
// which an editor does with each key. This one listens once, to forms without Unfold's class.
const stay = (event) => event.preventDefault();
const markUnsaved = () => window.addEventListener("beforeunload", stay);
const markSubmitted = () => window.removeEventListener("beforeunload", stay);
const askBeforeLeaving = (form) => {
  form.addEventListener("input", markUnsaved);
  form.addEventListener("submit", markSubmitted);
};

document.addEventListener("DOMContentLoaded", () => {
  // What came back because of a mistake, or from a button that saves nothing, is not saved either:
  // Unfold asks before leaving only after something is typed on this page
  const form = document.querySelector("form.warn-unsaved-form");
  if (form?.querySelector(".errornote, [data-not-saved], [aria-invalid='true']")) {
    markUnsaved();
    form.addEventListener("submit", markSubmitted);
  }

  // A one-time link has its code behind the "#", which no server and no log gets to see
  const code = document.querySelector("[data-from-hash]");
  if (code && !code.value && location.hash.length > 1) {
    code.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }

  // After a refusal the first wrong field is where to go on
  document.querySelector('form [aria-invalid="true"]')?.focus();

  // Unfold's menus, filters, tabs of forms and sidebar open by a click only
  const byClick = '[x-on\\:click^="open"], [x-on\\:click^="sidebar"], [x-on\\:click^="switch"], [x-on\\:click^="filterOpen"], [x-on\\:click^="showActions"], [x-on\\:click^="activeFieldsetTab"]';
  const texts = document.getElementById("page-texts")?.dataset ?? {};
  const names = [
    ["openUserLinks", texts.userMenu],
    ["openTheme", texts.theme],
    ["openActions", texts.menu],
    ["openRelatedWidgetWrapper", texts.menu],
    ["showActions", texts.menu],
    ["sidebar", texts.sidebar],
  ];
  // Its icon is drawn, and no text
  document.getElementById("searchbar-submit")?.setAttribute("aria-label", texts.search);
  for (const element of document.querySelectorAll(byClick)) {
    const does = element.getAttribute("x-on:click");
    const [, label] = names.find(([beginning]) => does.startsWith(beginning)) ?? [];
    const seen = element.textContent.trim().replace(/\s+/g, " ");
    if (label && !seen) element.setAttribute("aria-label", label);
    // Here a person's name is seen, which does not say that it is a menu
    if (does.startsWith("openUserLinks")) element.setAttribute("aria-label", `${label}: ${seen}`);
    if (element.matches("a[href], button, input, #changelist-filter-close")) continue;
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      element.click();
    });
  }

  // On narrow pages Unfold calls the first column a check box, whatever it is
  const first = document.querySelector("#result_list thead th");
  for (const cell of document.querySelectorAll("#result_list tbody tr > :first-child[data-label]"))
    if (first && !cell.querySelector("input")) cell.dataset.label = first.textContent.trim();
});
