// Shortens the way; every page does its work without it.

const typing = (el) => el.closest("input, textarea, select, [contenteditable]");

// "/" focuses the search field, unless the person switched shortcuts off.
const search = document.querySelector("search input[name=q]");
if (search && document.documentElement.dataset.shortcuts !== "off") {
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return;
    e.preventDefault();
    search.focus();
    search.select();
  });
}

// Menus are <details>: Escape and a press outside close them.
const menus = [...document.querySelectorAll("details.drop-down, details.menu-button")];
document.addEventListener("click", (e) => {
  for (const menu of menus) if (menu.open && !menu.contains(e.target)) menu.open = false;
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A file field with data-files lists the names and sizes that were chosen.
const size = (n) => n < 1000 ? `${n}B` : n < 1e6 ? `${Math.round(n / 1e3)}KB` : n < 1e9 ? `${(n / 1e6).toFixed(1)}MB` : `${(n / 1e9).toFixed(2)}GB`;
for (const input of document.querySelectorAll("input[type=file][data-files]")) {
  const list = document.createElement("ul");
  list.className = "chosen";
  list.setAttribute("role", "status");
  input.after(list);
  input.addEventListener("change", () => {
    list.replaceChildren(...[...input.files].map((file) => {
      const row = document.createElement("li");
      const name = document.createElement("span");
      const bytes = document.createElement("span");
      name.textContent = file.name;
      bytes.textContent = size(file.size);
      bytes.className = "nowrap";
      row.append(name, bytes);
      return row;
    }));
  });
}

// data-unread: the count of notices, asked every minute while the page is looked at. Asking is no use of the session.
for (const link of document.querySelectorAll("[data-unread]")) {
  const count = link.querySelector(".count");
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(link.dataset.unread, { headers: { accept: "application/json", "x-poll": "1" }, redirect: "manual" });
      if (!answer.ok) return;
      const { unread } = await answer.json();
      count.hidden = unread === 0;
      count.textContent = unread >= 1000 ? "999+" : `${unread}`;
    } catch {
      // The next question may be answered.
    }
  }, 60000);
}

// data-poll: asks {state, stage, done, total} every five seconds; when the run has ended the page is read again.
for (const box of document.querySelectorAll("[data-poll]")) {
  const bar = box.querySelector("progress");
  const text = box.querySelector("[data-progress-text]");
  const number = (n) => n.toLocaleString("ja-JP");
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.poll, { headers: { accept: "application/json", "x-poll": "1" } });
      if (!answer.ok) return;
      const run = await answer.json();
      if (run.state !== box.dataset.state) {
        location.reload();
        return;
      }
      if (bar && run.total > 0) {
        bar.max = run.total;
        bar.value = run.done;
        text.textContent = `${number(run.done)} / ${number(run.total)} (${Math.floor(100 * run.done / run.total)}%)${run.stage ? ` · ${run.stage}` : ""}`;
      }
    } catch {
      // The next question may be answered; the page keeps its link to the latest state.
    }
    setTimeout(ask, 5000);
  };
  setTimeout(ask, 1000);
}

// data-live="id": what is chosen in this part of a form is previewed at once, as its preview button would.
for (const part of document.querySelectorAll("form [data-live]")) {
  const box = document.getElementById(part.dataset.live);
  const button = box.querySelector("button");
  const form = part.closest("form");
  let last = 0;
  let waits;
  const ask = async () => {
    const turn = ++last;
    const fields = new URLSearchParams(new FormData(form));
    fields.set(button.name, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      if (!answer.ok || turn !== last) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(box.id);
      if (fresh) box.replaceChildren(...[...fresh.children].filter((child) => child.tagName !== "BUTTON"), button);
    } catch {
      // The button still does it.
    }
  };
  part.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(ask, 400);
  });
}

// A selection: the head box takes the page, the bar sticks while something is chosen and says how much.
for (const bar of document.querySelectorAll("form .bulk[data-selected]")) {
  const form = bar.closest("form");
  const rows = [...form.querySelectorAll("input[name=id]")];
  const head = form.querySelector("[data-pick-all]");
  const all = bar.querySelector("input[name=all]");
  const said = bar.querySelector(".selected");
  const none = bar.querySelector("button[type=reset]");
  const first = said.textContent;
  const show = () => {
    const count = rows.filter((row) => row.checked).length;
    const every = count === rows.length;
    if (all) {
      if (!every) all.checked = false;
      all.closest("label").hidden = !every;
    }
    if (head) [head.checked, head.indeterminate] = [every, count > 0 && !every];
    const total = all?.checked ? all.closest("label").textContent.replace(/[^0-9,]/g, "") : `${count}`;
    bar.classList.toggle("is-stuck", count > 0);
    said.textContent = count > 0 ? bar.dataset.selected.replace("{0}", total) : first;
    none.hidden = count === 0;
  };
  if (rows.length === 0) continue;
  if (head) {
    head.hidden = false;
    head.addEventListener("change", () => {
      for (const row of rows) row.checked = head.checked;
      show();
    });
  }
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  show();
}

// The person picker as a combobox: what 探す would offer stands below the field while one types.
for (const box of document.querySelectorAll("form .picker")) {
  const form = box.closest("form");
  const field = box.querySelector("input[type=search]");
  const button = box.querySelector("button[value=find]");
  const name = field.name.replace(/Search$/, "");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  list.className = "options";
  list.id = `${field.id}-options`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.getAttribute("aria-label"));
  said.className = "hidden";
  said.setAttribute("role", "status");
  field.after(list);
  box.append(said);
  for (const [key, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false", autocomplete: "off" })) field.setAttribute(key, value);
  let found = [];
  let at = -1;
  let turn = 0;
  let waits;

  const mark = (next) => {
    at = next;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", `${i === at}`));
    if (at < 0) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    field.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    turn++;
    clearTimeout(waits);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  };
  const choose = (label) => {
    const radio = label.querySelector("input");
    let mine = [...box.querySelectorAll("input[type=radio]")].find((one) => one.value === radio.value);
    if (!mine) {
      const before = box.querySelector(".choice:has(input[value=''])");
      label.removeAttribute("id");
      mine = radio;
      mine.id = `${field.id}-chosen-${radio.value}`;
      if (before) before.after(label);
      else box.prepend(label);
    }
    mine.checked = true;
    mine.dispatchEvent(new Event("input", { bubbles: true }));
    field.value = label.querySelector("[lang=ja]").textContent.trim();
    close();
  };
  const show = (labels) => {
    found = labels;
    list.replaceChildren(...labels.map((label, i) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${i}`;
      option.setAttribute("role", "option");
      option.append(...[...label.querySelector("span").childNodes].map((node) => node.cloneNode(true)));
      option.addEventListener("mousedown", (e) => e.preventDefault()); // the field keeps the focus
      option.addEventListener("click", () => choose(label));
      return option;
    }));
    list.hidden = labels.length === 0;
    field.setAttribute("aria-expanded", `${labels.length > 0}`);
    said.textContent = box.dataset.found.replace("{0}", labels.length);
    mark(-1);
  };
  const ask = async () => {
    const mine = ++turn;
    const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    fields.delete(name); // who is chosen already is no candidate
    fields.set(button.name, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      if (!answer.ok || mine !== turn) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = [...page.querySelectorAll(".picker")].find((one) => one.querySelector("input[type=search]")?.name === field.name);
      if (fresh) show([...fresh.querySelectorAll(".choice")].filter((label) => label.querySelector("input")?.value));
    } catch {
      // The button still does it.
    }
  };
  field.addEventListener("input", () => {
    close();
    if (field.value.trim()) waits = setTimeout(ask, 200);
  });
  field.addEventListener("keydown", (e) => {
    if (list.hidden || e.isComposing) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") mark((at + (e.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + found.length) % found.length);
    else if (e.key === "Enter" && at >= 0) choose(found[at]);
    else if (e.key === "Escape") close();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  field.addEventListener("blur", close);
}

// A session that nobody uses ends. Two minutes before, a line says so; what was typed when it did end is kept in this tab for the same person.
const session = document.querySelector("[data-session-left]");
if (session) {
  const { who, ask, restored } = session.dataset;
  const kept = `typed ${who} ${location.pathname}${location.search}`;
  const shared = `session ${who}`;
  // On a desk that several people use, nobody's typing outlives their signing out or the next one's signing in.
  const forget = (whose) => Object.keys(sessionStorage).filter((key) => key.startsWith("typed ") && whose(key)).forEach((key) => sessionStorage.removeItem(key));
  forget((key) => !key.startsWith(`typed ${who} `));
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => forget(() => true));
  const soon = 120e3;
  const fields = () => [...document.querySelectorAll("main form[method=post] :is(input, textarea, select)")]
    .filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
  const isBox = (field) => field.type === "checkbox" || field.type === "radio";
  const isChanged = (field) => isBox(field) ? field.checked !== field.defaultChecked
    : field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected) : field.value !== field.defaultValue;
  let ends = 0;
  let maySay = "soon";
  let timer;

  const show = (part) => {
    for (const line of session.children) line.hidden = line.dataset.part !== part;
    session.hidden = part === null;
  };
  const keep = () => {
    const refused = document.querySelector("main .errors") !== null; // what a refused form shows was typed as well
    const all = fields();
    const typed = all.map((field, at) => [at, field.name, isBox(field) ? field.checked : field.value]).filter(([at]) => refused || isChanged(all[at]));
    if (typed.length > 0) sessionStorage.setItem(kept, JSON.stringify(typed));
  };
  const plan = () => {
    clearTimeout(timer);
    const left = ends - Date.now();
    if (left <= 0) {
      keep();
      show("over");
      return;
    }
    show(left <= soon ? maySay : null);
    timer = setTimeout(plan, Math.min(left <= soon ? left : left - soon, 2 ** 31 - 1));
  };
  const begin = (seconds) => {
    ends = Date.now() + seconds * 1000;
    localStorage.setItem(shared, `${ends}`);
    plan();
  };
  // True when it goes on; asking is a use.
  const renew = async () => {
    try {
      const answer = await fetch(ask, { headers: { accept: "application/json" }, redirect: "manual" });
      if (answer.ok) {
        const { left } = await answer.json();
        maySay = left * 1000 > soon ? "soon" : "last";
        begin(left);
        return true;
      }
      if (answer.status < 500) ends = 0;
    } catch {
      // Without an answer nothing is known; the line stays.
    }
    plan();
    return false;
  };

  const typed = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (typed) {
    sessionStorage.removeItem(kept);
    const all = fields();
    let count = 0;
    for (const [at, name, value] of typed) {
      const field = all[at];
      if (field?.name !== name) continue;
      if (isBox(field)) field.checked = value;
      else field.value = value;
      field.closest("details")?.setAttribute("open", "");
      count++;
    }
    if (count > 0) {
      const note = document.createElement("p");
      note.className = "notice";
      note.setAttribute("role", "status");
      note.textContent = restored;
      document.querySelector("main").prepend(note);
    }
  }
  begin(Number(session.dataset.sessionLeft));
  session.querySelector("button").addEventListener("click", renew);
  document.addEventListener("visibilitychange", plan);
  document.addEventListener("input", () => { if (Date.now() >= ends) keep(); });
  // Another tab that was used prolongs the session of this one.
  addEventListener("storage", (e) => {
    if (e.key !== shared || !(Number(e.newValue) > ends)) return;
    ends = Number(e.newValue);
    plan();
  });
  // A form sent after the end would be lost at the door.
  document.addEventListener("submit", async (e) => {
    if (Date.now() < ends || e.target.method !== "post" || !e.target.closest("main")) return;
    e.preventDefault();
    e.stopPropagation();
    if (await renew()) e.target.requestSubmit(e.submitter);
  }, true);
}
