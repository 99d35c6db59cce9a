// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeps the page as the station is. The server renders; this puts what it rendered in the place of what
// stands there. Without it the page works by loading it again.
"use strict";

// The server says something at least this often, and a page that hears nothing is not believed any more.
const SILENCE = 12000;
const AGAIN = 1000;

// What people are in the middle of is not changed under their hands: what they opened says what they saw. The
// parts that this kept back come when they have let go.
const late = new Map();
let kept = false;
function held(node) {
  const hold = node.nodeType === Node.ELEMENT_NODE &&
    (node.matches("details[open].deed") || node.contains(document.activeElement) ||
      node.querySelector("details[open].deed") !== null);
  kept ||= hold;
  return hold;
}

// Times as the clock on the wall shows them. Sweden writes days and hours as ISO 8601 does.
function local(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.getAttribute("datetime"));
    if (!Number.isNaN(at.getTime())) {
      time.textContent = time.hasAttribute("data-day") ? at.toLocaleString("sv") : at.toLocaleTimeString("sv");
    }
  }
}

const same = (left, right) =>
  left.nodeType === right.nodeType && left.nodeName === right.nodeName && (left.id || "") === (right.id || "");

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    const own = name === "open" && old.nodeName === "DETAILS";
    if (!own && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

// Makes `old` what `fresh` is, and touches only what differs: the focus stays where it is, and a live
// region speaks only when its words change.
function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.matches("details[open].deed") && fresh.matches("details.deed")) {
    kept = true;
    return;
  }
  attributes(old, fresh);
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    let found = at;
    while (found && !same(found, next)) found = found.nextSibling;
    // What has no id is only itself where it stands.
    if (found !== at && !(found && next.id)) found = null;
    if (!found) {
      old.insertBefore(document.importNode(next, true), at);
      continue;
    }
    while (at !== found) {
      const gone = at;
      at = at.nextSibling;
      if (held(gone)) continue;
      gone.remove();
    }
    at = found.nextSibling;
    morph(found, next);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    if (!held(gone)) gone.remove();
  }
}

function swap(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  local(parsed);
  [...parsed.body.children].forEach(put);
}

function put(fresh) {
  const old = document.getElementById(fresh.id);
  kept = false;
  if (old) morph(old, fresh);
  if (kept) late.set(fresh.id, fresh);
  else late.delete(fresh.id);
  // A part of a part that waits is newer than what waits.
  for (const whole of late.values()) {
    const within = whole.querySelector(`#${CSS.escape(fresh.id)}`);
    if (within) within.replaceWith(fresh.cloneNode(true));
  }
}

function letGo() {
  // Where the focus goes is known behind the event.
  setTimeout(() => [...late.values()].forEach(put));
}

function away(words) {
  const banner = document.getElementById("away");
  banner.hidden = words === "";
  if (banner.textContent !== words) banner.textContent = words;
  document.body.classList.toggle("stale", words !== "");
}

const GONE = "No word from the station. What stands here may be old. The page comes back by itself.";

function watch() {
  const source = new EventSource(document.body.dataset.events);
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    source.close();
    away(GONE);
    setTimeout(returned, AGAIN);
  };
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(again, SILENCE);
  };
  source.addEventListener("part", (event) => {
    heard();
    away("");
    swap(event.data);
    document.body.dataset.live = "";
  });
  source.addEventListener("alive", heard);
  source.addEventListener("again", () => {
    clearTimeout(timer);
    source.close();
    returned();
  });
  source.addEventListener("error", again);
  heard();
}

// The station is there again: whoever is signed out by then is asked to sign in.
async function returned() {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (answer.redirected || answer.status === 401) {
      location.reload();
      return;
    }
    if (answer.ok) {
      watch();
      return;
    }
  } catch (_) {
    // Not yet.
  }
  setTimeout(returned, AGAIN);
}

function answered(words, well) {
  const line = document.getElementById("answer");
  line.textContent = words;
  line.classList.toggle("refused", !well);
}

// Sends a form and stays on the page. What comes back is one line.
async function send(form) {
  const deed = form.closest("details.deed");
  const buttons = [...form.querySelectorAll("button")];
  const fields = new URLSearchParams(new FormData(form));
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: fields,
      headers: { Accept: "text/plain" },
      cache: "no-store",
    });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    if (answer.ok) form.reset();
    answered((await answer.text()).trim(), answer.ok);
    if (deed) {
      deed.open = false;
      deed.querySelector("summary").focus();
    }
  } catch (_) {
    answered("Not sent: no word from the station. Look again before you send it once more.", false);
  } finally {
    for (const button of buttons) button.removeAttribute("aria-disabled");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-stay]")) return;
  event.preventDefault();
  const busy = form.querySelector("button[aria-disabled]");
  if (!busy) send(form);
});

// One at a time, and Escape closes it.
document.addEventListener("keydown", (event) => {
  const deed = event.key === "Escape" && document.activeElement.closest("details[open].deed");
  if (deed) {
    deed.open = false;
    deed.querySelector("summary").focus();
  }
});

document.addEventListener("focusout", letGo);
document.addEventListener("toggle", letGo, true);

// A link with a token behind its # opens the door: what stands there goes to no log, and is gone from the
// history at once.
function enter() {
  const door = document.querySelector("form.door");
  const token = location.hash.slice(1);
  if (!door || !token.startsWith("cw_")) return;
  history.replaceState(null, "", location.pathname);
  door.elements.token.value = token;
  door.requestSubmit();
}

addEventListener("hashchange", enter);
enter();
local(document);
if (document.body.dataset.events) watch();
