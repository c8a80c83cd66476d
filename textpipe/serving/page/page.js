// The page asks the server for an explanation, which is a page of its own without any script, and shows it in
// a frame that may run nothing and load nothing. Nothing of a message is ever put into this page as mark-up.
"use strict";

const at = (id) => document.getElementById(id);
const message = at("message"), shown = at("shown"), status = at("status");
let dropped = null; // {name, bytes} of a file
let judged = null; // {body, type} of what the verdict is about
let asking = null; // so that a new question ends the one before

function say(text, bad = false) {
  status.textContent = text;
  status.classList.toggle("bad", bad);
}

function looksLikeMail(text) {
  return /^(?:From .*\n)?(?:[!-9;-~]+:.*\n(?:[ \t].*\n)*)+\r?\n/.test(text.slice(0, 100000).replace(/\r\n/g, "\n"));
}

function given() {
  const kind = new FormData(at("asked")).get("kind");
  if (dropped) {
    const mail = kind === "mail" || (kind === "auto" && !/\.txt$/i.test(dropped.name));
    return { body: dropped.bytes, type: mail ? "message/rfc822" : "text/plain" };
  }
  const text = message.value;
  if (!text.trim()) return null;
  const mail = kind === "mail" || (kind === "auto" && looksLikeMail(text));
  return { body: new TextEncoder().encode(text), type: mail ? "message/rfc822" : "text/plain; charset=utf-8" };
}

async function complaint(answer) {
  const text = await answer.text();
  try {
    const said = JSON.parse(text);
    const detail = said.detail ?? said.error ?? text;
    return typeof detail === "string" ? detail : JSON.stringify(detail);
  } catch {
    return text.slice(0, 300) || `the server answered ${answer.status}`;
  }
}

async function explain() {
  const question = given();
  if (!question) {
    say("There is nothing to judge yet: paste a message or drop a file.", true);
    message.focus();
    return null;
  }
  asking?.abort();
  asking = new AbortController();
  say("Judging …");
  at("judge").disabled = true;
  try {
    const answer = await fetch("explain", {
      method: "POST",
      body: question.body,
      headers: { "Content-Type": question.type, Accept: "text/html" },
      signal: asking.signal,
    });
    if (!answer.ok) throw new Error(await complaint(answer));
    shown.srcdoc = await answer.text();
    judged = question;
    const verdict = decodeURIComponent(answer.headers.get("X-Textpipe-Verdict") ?? "");
    say(`Judged: ${verdict}`);
    offer(verdict);
    if (shown.getBoundingClientRect().top > innerHeight / 2) shown.scrollIntoView(); // below, on a narrow screen
    return verdict;
  } catch (error) {
    if (error.name !== "AbortError") {
      forget(); // so that nobody takes the verdict before for that of this message
      say(`Not judged: ${error.message}`, true);
    }
  } finally {
    at("judge").disabled = false;
  }
  return null;
}

function offer(verdict) {
  at("correcting").hidden = !labels.length;
  at("labels").replaceChildren(
    ...labels.map((label, n) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(`It is ${label}`);
      if (n < 9) {
        const key = document.createElement("kbd");
        key.textContent = `Alt ${n + 1}`;
        button.append(key);
      }
      button.classList.toggle("right", label === verdict);
      button.addEventListener("click", () => learn(label));
      return button;
    }),
  );
}

async function learn(label) {
  if (!judged) return;
  const token = at("token").value;
  if (!token) {
    say("A correction needs the token that the server was started with.", true);
    at("token").focus();
    return;
  }
  say(`Teaching: ${label} …`);
  try {
    const answer = await fetch(`learn?label=${encodeURIComponent(label)}`, {
      method: "POST",
      body: judged.body,
      headers: { "Content-Type": judged.type, Authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(await complaint(answer));
    const verdict = await explain();
    const still = verdict && verdict !== label ? ` Its other neighbours still make it ${verdict}.` : "";
    say(`Learned: this message is ${label}.${still}`);
  } catch (error) {
    say(`Not learned: ${error.message}`, true);
  }
}

function take(file) {
  file.arrayBuffer().then(
    (bytes) => {
      dropped = { name: file.name, bytes };
      at("file-name").textContent = `${file.name}, ${file.size.toLocaleString("en")} bytes`;
      at("file").hidden = false;
      message.hidden = true;
      explain();
    },
    () => say(`${file.name} cannot be read`, true),
  );
}

function withoutFile() {
  dropped = null;
  at("file").hidden = true;
  at("choose").value = "";
  message.hidden = false;
  message.focus();
}

function forget() {
  judged = null;
  shown.removeAttribute("srcdoc");
  at("correcting").hidden = true;
}

function clear() {
  withoutFile();
  message.value = "";
  forget();
  say("");
}

let labels = [];
fetch("health")
  .then((answer) => answer.json())
  .then((health) => {
    labels = health.labels ?? [];
    at("model").textContent = `${health.name ?? "textpipe"}, ${(health.documents ?? 0).toLocaleString("en")} known documents, model ${String(health.model ?? "").slice(0, 12)}`;
  })
  .catch(() => say("The server does not answer.", true));

at("asked").addEventListener("submit", (event) => {
  event.preventDefault();
  explain();
});
at("clear").addEventListener("click", clear);
at("no-file").addEventListener("click", withoutFile);
at("choose").addEventListener("change", (event) => event.target.files[0] && take(event.target.files[0]));
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    explain();
  } else if (event.altKey && event.key.toLowerCase() === "x") {
    event.preventDefault();
    clear();
  } else if (event.altKey && /^[1-9]$/.test(event.key) && !at("correcting").hidden) {
    const label = labels[Number(event.key) - 1];
    if (label !== undefined) {
      event.preventDefault();
      learn(label);
    }
  }
});
for (const kind of ["dragover", "dragenter"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  else if (event.dataTransfer.getData("text")) {
    withoutFile();
    message.value = event.dataTransfer.getData("text");
    explain();
  }
});
