// Ticking rows of the queue: also of those that came after the page was loaded.
"use strict";

(() => {
  const list = () => document.getElementById("queue-list");
  const all = (selector) => [...(list()?.querySelectorAll(selector) ?? [])];
  const boxes = () => all("input.action-select");
  let last = null;

  const show = (selector, isShown) =>
    all(selector).forEach((element) => element.classList.toggle("hidden", !isShown));

  const acrossIsSet = () => all("input.select-across").some((input) => input.value === "1");

  const setAcross = (isSet) => {
    for (const input of all("input.select-across")) {
      input.value = isSet ? 1 : 0;
      input.dispatchEvent(new Event("input"));
    }
  };

  const statusesOf = (ticked) =>
    new Set(ticked.map((box) => box.closest("tr").querySelector("[data-status]")?.dataset.status));

  // Only the actions that apply to what is ticked; all of them if nobody knows what that is
  const offer = (statuses) => {
    for (const button of all("[data-for]")) {
      const applies = button.dataset.for.split(" ").some((status) => statuses?.has(status));
      button.hidden = statuses !== null && !applies;
    }
  };

  // What the page says about the ticks that there are now
  const tell = () => {
    const ticked = boxes().filter((box) => box.checked);
    const areAll = ticked.length > 0 && ticked.length === boxes().length;
    for (const box of boxes()) box.closest("tr").classList.toggle("selected", box.checked);
    for (const toggle of all(".action-toggle")) toggle.checked = areAll;
    if (!areAll) setAcross(false);
    const isAcross = acrossIsSet();
    offer(isAcross ? null : statusesOf(ticked));
    show("span.all", isAcross);
    show("span.clear", isAcross);
    show("span.action-counter", !isAcross);
    show("span.question", areAll && !isAcross);
    for (const counter of all("span.action-counter")) {
      const figures = { sel: ticked.length, cnt: boxes().length };
      const text = ngettext(
        "%(sel)s of %(cnt)s selected",
        "%(sel)s of %(cnt)s selected",
        figures.sel,
      );
      counter.textContent = interpolate(text, figures, true);
    }
  };

  const between = (one, other) => {
    const [first, end] = [boxes().indexOf(one), boxes().indexOf(other)].sort((a, b) => a - b);
    return first < 0 ? [other] : boxes().slice(first, end + 1);
  };

  document.addEventListener("click", (event) => {
    const { target } = event;
    if (!list()?.contains(target)) return;
    if (target.matches(".action-toggle")) {
      for (const box of boxes()) box.checked = target.checked;
    } else if (target.matches("input.action-select")) {
      const touched = event.shiftKey && last ? between(last, target) : [target];
      for (const box of touched) box.checked = target.checked;
      last = target;
    } else if (target.closest("span.question a")) {
      event.preventDefault();
      setAcross(true);
    } else if (target.closest("span.clear a")) {
      event.preventDefault();
      setAcross(false);
      for (const box of boxes()) box.checked = false;
    } else {
      return;
    }
    tell();
  });

  document.addEventListener("queue:refreshed", tell);
  // A browser that comes back to the page has kept the ticks
  window.addEventListener("pageshow", tell);
})();
