// Nothing that was typed, and no file that was chosen, is sent by somebody whose session has ended:
// the log-in would lose it. Without JavaScript the browser's Back brings most of it again.
"use strict";

const typedIn = new WeakSet();
const asking = new WeakSet();
const mayGo = new WeakSet();

// What is ticked or selected is done again at once
const TYPED = "textarea, input:not([type=checkbox]):not([type=radio])";
document.addEventListener("input", ({ target }) => {
  if (target.form && target.matches(TYPED)) typedIn.add(target.form);
});

// A login in another tab, after this session has ended, changes the token of the forms
const takeNewToken = (form) => {
  // With https the name has the prefix; a sibling host, or an older version, may have set the other.
  const found =
    document.cookie.match(/(?:^|; )__Host-csrftoken=([^;]+)/) ??
    document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  const token = form.elements.namedItem("csrfmiddlewaretoken");
  if (found && token) token.value = found[1];
};

const hasEnded = async (address) => {
  try {
    return (await fetch(address, { redirect: "manual" })).status === 401;
  } catch {
    return false; // the browser says itself that nobody answers
  }
};

window.addEventListener(
  "submit",
  async (event) => {
    const { target: form, submitter } = event;
    const texts = document.getElementById("page-texts")?.dataset;
    if (mayGo.delete(form) || !typedIn.has(form) || form.method !== "post" || !texts?.session) return;
    if (form.target === "_blank") return; // the page stays
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking.has(form)) return;
    asking.add(form);
    const ended = await hasEnded(texts.session);
    asking.delete(form);
    if (ended) return window.alert(texts.loggedOut);
    takeNewToken(form);
    mayGo.add(form);
    form.requestSubmit(submitter ?? undefined);
  },
  true,
);
