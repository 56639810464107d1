// Sends each chosen file at once, as a draft the server keeps. Without it the form sends everything with one press.

const form = document.querySelector("form[data-upload]");
const say = form && JSON.parse(form.dataset.words);
const fill = (text, ...values) => values.reduce((filled, value, i) => filled.replace(`{${i}}`, value), text);
const size = (n) => n < 1e3 ? `${n}B` : n < 1e6 ? `${Math.round(n / 1e3)}KB` : n < 1e9 ? `${(n / 1e6).toFixed(1)}MB` : `${(n / 1e9).toFixed(2)}GB`;
const make = (tag, props = {}, ...children) => {
  const el = Object.assign(document.createElement(tag), props);
  el.append(...children);
  return el;
};

if (form) start();

function start() {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-drafts]");
  const status = form.querySelector("[data-upload-status]");
  const alarm = form.querySelector("[data-upload-alert]");
  const box = input.closest(".drop");
  const waiting = [];
  const AT_ONCE = 2;
  let running = 0;
  let handInWith = null;

  box.append(make("p", { className: "meta", textContent: say.DropHere }));

  // Before the list of names that site.js would write: the rows below say more.
  form.addEventListener("change", (e) => {
    if (e.target !== input) return;
    e.stopPropagation();
    add(input.files);
    input.value = "";
  }, true);

  for (const type of ["dragenter", "dragover"]) {
    box.addEventListener(type, (e) => {
      if (![...e.dataTransfer.types].includes("Files")) return;
      e.preventDefault();
      box.classList.add("over");
    });
  }
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (e) => {
    e.preventDefault();
    box.classList.remove("over");
    add(e.dataTransfer.files);
  });

  // Handing in waits for what is still under way, and never leaves a file behind unsaid.
  form.addEventListener("submit", (e) => {
    if (running + waiting.length > 0) {
      e.preventDefault();
      handInWith = e.submitter;
      status.textContent = say.Sending;
    } else if (list.querySelector("[data-failed]")) {
      e.preventDefault();
      alarm.textContent = say.NotAll;
      list.querySelector("[data-failed] button").focus();
    }
  });

  // What is typed is kept too, so that a lost session loses nothing.
  let typing;
  form.addEventListener("input", (e) => {
    if (!e.target.matches("textarea, input:not([type=file], [type=checkbox])")) return;
    clearTimeout(typing);
    typing = setTimeout(() => post("Typed", new FormData(form)).catch(() => {}), 2000);
  });
  form.addEventListener("submit", () => clearTimeout(typing));

  function add(files) {
    alarm.textContent = "";
    for (const file of files) {
      const row = make("li", {}, make("span", { textContent: file.name, lang: "ja" }), " ", make("span", { className: "meta nowrap", textContent: size(file.size) }));
      list.append(row);
      waiting.push({ file, row });
    }
    next();
  }

  function next() {
    while (running < AT_ONCE && waiting.length > 0) {
      running++;
      send(waiting.shift());
    }
    if (running === 0 && handInWith) {
      const press = handInWith;
      handInWith = null;
      status.textContent = "";
      form.requestSubmit(press);
    }
  }

  function send(job) {
    const { file, row } = job;
    const bar = make("progress", { max: 100, value: 0 });
    bar.setAttribute("aria-label", file.name);
    const percent = make("span", { className: "meta num", textContent: "0%" });
    const call = new XMLHttpRequest();
    const stop = make("button", { type: "button", className: "compact", textContent: say.Stop, onclick: () => call.abort() });
    const rest = [...row.childNodes].slice(0, 3);
    row.replaceChildren(...rest, " ", bar, " ", percent, " ", stop);
    delete row.dataset.failed;
    let told = 0;
    call.upload.onprogress = (e) => {
      const done = e.lengthComputable ? Math.floor(100 * e.loaded / e.total) : 0;
      bar.value = done;
      percent.textContent = `${done}%`;
      if (done >= told + 25 && done < 100) {
        told = done - done % 25;
        status.textContent = fill(say.Percent, file.name, told);
      }
    };
    const end = () => {
      running--;
      next();
    };
    const fail = (sentence, again) => {
      handInWith = null;
      row.dataset.failed = "";
      const buttons = [make("button", { type: "button", className: "compact", textContent: say.TakeOut, onclick: () => row.remove() })];
      if (again) buttons.unshift(make("button", { type: "button", className: "compact", textContent: say.Again, onclick: () => { waiting.push(job); next(); } }), " ");
      row.replaceChildren(...rest, " ", make("span", { className: "error", textContent: sentence }), " ", ...buttons);
      alarm.textContent = sentence;
      end();
    };
    call.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(call.responseText);
      } catch {
        // An answer of the shell, not of the form: shown as a break.
      }
      if (call.status === 201) {
        receive(row, answer);
        status.textContent = fill(say.Ended, file.name);
        end();
      } else if (call.status === 401) {
        fail(say.SignedOut, true);
      } else {
        fail(answer.error ?? fill(say.Broke, file.name, bar.value), !answer.error);
      }
    };
    call.onerror = () => fail(fill(say.Broke, file.name, bar.value), true);
    call.onabort = () => {
      row.remove();
      status.textContent = fill(say.Stopped, file.name);
      end();
    };
    status.textContent = fill(say.Started, file.name);
    const body = new FormData();
    body.append("__RequestVerificationToken", token());
    body.append("Input.File", file);
    call.open("POST", address("File"));
    call.setRequestHeader("accept", "application/json");
    call.send(body);
  }

  function receive(row, file) {
    const choice = make("label", { className: "choice" }, make("input", { type: "checkbox", name: "Input.Draft", value: file.id, checked: true }), " ", make("span", { textContent: file.fileName, lang: "ja" }));
    row.replaceChildren(choice, " ", make("span", { className: "meta nowrap", textContent: file.size }), " ",
      make("span", { className: "meta" }, `${say.Received} `, make("code", { textContent: file.sha256.slice(0, 8), title: file.sha256 })), " ", remover(row, file.id));
  }

  function remover(row, id) {
    return make("button", {
      type: "button", className: "compact", textContent: say.TakeOut, onclick: async () => {
        const body = new FormData();
        body.append("__RequestVerificationToken", token());
        row.remove();
        input.focus();
        await post("Drop", body, `&file=${id}`).catch(() => {});
      },
    });
  }

  for (const row of list.children) row.append(" ", remover(row, row.querySelector("input").value));
}

function token() {
  return form.elements.__RequestVerificationToken.value;
}

function address(handler, more = "") {
  return `${form.dataset.upload}?handler=${handler}${more}`;
}

function post(handler, body, more) {
  body.delete("Input.File");
  return fetch(address(handler, more), { method: "POST", body, headers: { accept: "application/json" } });
}
