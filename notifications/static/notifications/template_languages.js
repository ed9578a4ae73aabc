// The tabs of the languages: the preview shows the one that is being written.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("template-panel");
  const language = panel?.querySelector("[name=preview_language]");
  const form = panel && document.getElementById(panel.dataset.form);
  const tabs = [...document.querySelectorAll('[x-on\\:click^="activeFieldsetTab"]')];
  if (!language || !tabs.length) return;
  const codes = [...document.getElementsByName("language_codes")].map((each) => each.value);
  const shown = ["", ...codes];

  const open = (code) => {
    const body = document.getElementById(code ? `id_html_${code}` : "id_html");
    (body?.closest(".mc-editor-place") ?? body)?.before(window.templateBar);
    if (language.value === code) return;
    language.value = code;
    language.dispatchEvent(new Event("change", { bubbles: true }));
  };
  tabs.forEach((tab, index) => tab.addEventListener("click", () => open(shown[index])));

  // After a refusal Unfold has opened the tab of the first mistake.
  if (language.value && !form.querySelector('[aria-invalid="true"]'))
    tabs[shown.indexOf(language.value)]?.click();
});
