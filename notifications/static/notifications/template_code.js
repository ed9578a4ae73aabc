// The code editor of E-mail Notifications: Ace over each text area that has code. The text area
// stays what is sent, and all there is without JavaScript.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("template-panel");
  if (!panel || !window.ace) return;
  ace.config.set("useStrictCSP", true); // its style sheet is linked
  const editors = new Map();
  let paths = JSON.parse(panel.dataset.paths || "[]");

  const enhance = (area) => {
    const place = document.createElement("div");
    place.className = "mc-editor";
    const wrapper = document.createElement("div");
    wrapper.className = "mc-editor-place";
    area.before(wrapper);
    wrapper.append(area, place);
    area.classList.add("mc-editor-source");
    area.tabIndex = -1;
    area.setAttribute("aria-hidden", "true");
    const editor = ace.edit(place, {
      useWorker: false, // before the mode, which would start one
      mode: new (ace.require(`ace/mode/${area.dataset.code}`).Mode)(),
      value: area.value,
      wrap: true,
      tabSize: 2,
      showPrintMargin: false,
      minLines: 6,
      maxLines: area.dataset.code === "django" ? 30 : 14,
      enableKeyboardAccessibility: true,
      highlightActiveLine: false,
    });
    if (area.dataset.code === "django") completePlaceholders(editor, () => paths);
    const label = `${panel.dataset.editor}: ${area.name}`;
    editor.textInput.getElement().setAttribute("aria-label", label);
    editor.textInput.getElement().setAttribute("aria-description", panel.dataset.escape);
    let silent = false;
    editor.session.on("change", () => {
      if (silent) return;
      area.value = editor.getValue();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
    area.addEventListener("input", () => {
      if (area.value === editor.getValue()) return;
      silent = true;
      editor.session.setValue(area.value);
      silent = false;
    });
    for (const each of area.labels ?? [])
      each.addEventListener("click", (event) => {
        event.preventDefault();
        editor.focus();
      });
    new ResizeObserver(() => editor.resize()).observe(place);
    editors.set(area.name, editor);
  };
  document.querySelectorAll("textarea[data-code]").forEach(enhance);
  const form = document.getElementById(panel.dataset.form);
  if (form.classList.contains("warn-unsaved-form")) {
    form.classList.remove("warn-unsaved-form");
    askBeforeLeaving(form);
  }
  takeDoubleClicksForOne(form);

  // Where a placeholder or an image is inserted: the field that had the focus last.
  let last = document.getElementById("id_html")?.name;
  document.addEventListener("focusin", (event) => {
    const field = event.target.closest(".mc-editor-place")?.querySelector("textarea[data-code]");
    const plain = event.target.matches("form textarea[name], form input[type=text][name]");
    const found = field ?? (plain && !event.target.dataset.previewInput ? event.target : null);
    if (found && found.name !== "recipient" && found.dataset.code !== "json") last = found.name;
  });
  const insert = (text, name = last) => {
    const editor = editors.get(name);
    if (editor) {
      editor.insert(text);
      editor.focus();
      return;
    }
    const input = document.getElementsByName(name)[0];
    if (!input) return;
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  };
  const bodyOf = () => (last?.startsWith("html") ? last : "html");
  const mark = (marks) => {
    for (const [name, editor] of editors)
      editor.session.setAnnotations(
        marks
          .filter((each) => each.field === name)
          .map((each) => ({
            row: Math.max(each.line - 1, 0),
            column: Math.max(each.column - 1, 0),
            text: each.text,
            type: each.is_error ? "error" : "warning",
          })),
      );
  };
  const offer = (known) => {
    paths = known;
  };
  window.templateCode = { insert, bodyOf, mark, offer };
});

// The second one would come as a Save that does not know of the first.
function takeDoubleClicksForOne(form) {
  let isSubmitting = false;
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    if (isSubmitting) return event.preventDefault();
    isSubmitting = true;
    setTimeout(() => (isSubmitting = false), 5000); // in case no answer comes
  });
  window.addEventListener("pageshow", () => (isSubmitting = false));
}
