// Reads the queue again now and then. What is the same stays the same element: the place that
// was scrolled to, ticks, focus and open menus stay with it.
"use strict";

(() => {
  const PARTS = ["queue-status", "queue-tools", "queue-tabs", "queue-pages", "result_list"];
  // Ours and the browser's, not the server's
  const KEPT = new Set(["class", "style", "open", "value"]);

  const sign = () => document.getElementById("queue-updated");
  const keyOf = (node) =>
    node.nodeName === "TBODY" ? node.querySelector("input.action-select")?.value : undefined;
  const isSame = (one, other) => one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

  const become = (now, fresh) => {
    if (now.nodeType !== Node.ELEMENT_NODE) {
      if (now.nodeValue !== fresh.nodeValue) now.nodeValue = fresh.nodeValue;
      return;
    }
    const isInput = now.matches("input, select, textarea, tr");
    for (const { name, value } of fresh.attributes)
      if (!(isInput && KEPT.has(name)) && now.getAttribute(name) !== value)
        now.setAttribute(name, value);
    if (!now.matches("select")) becomeChildren(now, fresh);
  };

  const becomeChildren = (now, fresh) => {
    const wanted = [...fresh.childNodes];
    const byKey = new Map([...now.children].map((child) => [keyOf(child), child]));
    let place = now.firstChild;
    for (const child of wanted) {
      const key = keyOf(child);
      const match = key ? byKey.get(key) : place && !keyOf(place) && isSame(place, child) && place;
      if (!match) {
        now.insertBefore(child, place);
        continue;
      }
      become(match, child);
      if (match === place) place = place.nextSibling;
      else now.insertBefore(match, place);
    }
    while (place) {
      const gone = place;
      place = place.nextSibling;
      leave(gone);
      gone.remove();
    }
  };

  // The keyboard goes on at the next row when its own is gone
  const leave = (node) => {
    if (!node.contains(document.activeElement)) return;
    const row = node.nextElementSibling ?? node.previousElementSibling;
    row?.querySelector("a, input")?.focus({ preventScroll: true });
  };

  const filtersAreOpen = () => {
    const filters = document.getElementById("changelist-filter");
    if (!filters) return false;
    const { display, position } = getComputedStyle(filters);
    return display !== "none" && position === "fixed";
  };

  const isBusy = () =>
    document.querySelector("dialog[open]") ||
    filtersAreOpen() ||
    document.activeElement?.matches("#queue-status select, #queue-list select") ||
    !getSelection().isCollapsed;

  const say = (text) => {
    const place = sign();
    const time = place.dataset.time ?? place.querySelector("span").textContent;
    place.dataset.time = time;
    place.textContent = interpolate(text, { time }, true);
  };

  const show = (page) => {
    delete sign().dataset.time;
    const hasList = document.getElementById("result_list") && page.getElementById("result_list");
    if (!hasList) {
      const list = document.getElementById("queue-list");
      list.replaceChildren(...page.getElementById("queue-list").childNodes);
    }
    for (const id of PARTS) {
      const [now, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (now && fresh) become(now, fresh);
    }
    for (const selector of ["#queue-list span.question a", "#queue-list span.all"]) {
      const [now, fresh] = [document.querySelector(selector), page.querySelector(selector)];
      if (now && fresh) now.textContent = fresh.textContent;
    }
    document.dispatchEvent(new Event("queue:refreshed"));
  };

  const refresh = async () => {
    if (document.hidden || isBusy()) return;
    try {
      const response = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
      if (response.redirected) return say(sign().dataset.loggedOut);
      if (!response.ok) return say(sign().dataset.stale);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!isBusy()) show(page);
    } catch {
      say(sign().dataset.stale);
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    setInterval(refresh, sign().dataset.refresh * 1000);
    document.addEventListener("visibilitychange", refresh);
  });
})();
