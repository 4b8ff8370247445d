// The steward's desk: shows one answer at a time and sends each decision to this computer's own server.
"use strict";

const $ = (id) => document.getElementById(id);
const LANGUAGES = ["en", "ur", "ps"];
let state = null;
let question = 0;
let place = 0;
let shown = null;
let turn = 0; // an answer that comes late belongs to a text that is gone from the screen

const asked = () => state.questions[question];
const worded = (words) => LANGUAGES.map((code) => words[code]).find(Boolean) || "";
const left = (one) => one.coded.filter((done, at) => !done && !one.given[at]).length;

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error("gone");
  return answer.json();
}

async function post(path, said) {
  $("said").textContent = "";
  const answer = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said),
  });
  const told = answer.ok || answer.status === 409 ? await answer.json() : { trouble: "This could not be kept. Reload the page." };
  if (told.trouble) { $("said").textContent = told.trouble; return null; }
  state = told.state;
  return told;
}

function put(tag, words, parent, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = words;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

// -- what is shown ---------------------------------------------------------------------------------------

async function show() {
  const one = asked(), mine = ++turn;
  $("ask").textContent = worded(one.ask);
  const count = one.coded.length;
  $("progress").textContent = `Answer ${place + 1} of ${count}; ${left(one)} without a decision`;
  const text = await get(`text/${one.id}/${place}`);
  if (mine !== turn) return;
  shown = text;
  $("words").textContent = text.words;
  const sound = $("sound");
  sound.hidden = !one.spoken;
  const address = one.spoken ? `sound/${one.id}/${place}` : "";
  if (one.spoken && sound.getAttribute("src") !== address) sound.setAttribute("src", address);
  if (!one.spoken) sound.removeAttribute("src");
  draw();
}

function draw() {
  const one = asked();
  $("themes").replaceChildren();
  one.themes.forEach((theme, at) => {
    const pressed = shown.themes.includes(theme.id);
    const button = put("button", "", $("themes"), { type: "button", "aria-pressed": pressed, "data-theme": theme.id });
    if (at < 9) put("kbd", String(at + 1), button);
    put("bdi", ` ${worded(theme.title)}`, button);
    button.disabled = shown.given;
    button.addEventListener("click", () => toggle(theme.id));
  });
  $("none").setAttribute("aria-pressed", shown.coded && !shown.themes.length && !shown.remove);
  $("none").disabled = shown.given;
  $("remove").setAttribute("aria-pressed", shown.remove);
  $("remove").hidden = state.second;
  $("new").hidden = state.second;
  $("undo").disabled = !shown.coded || shown.given;
  $("back").disabled = place === 0;
  $("next").disabled = place === one.coded.length - 1;
  $("state").textContent = shown.given ? "The themes of this answer were given back and stay as they are."
    : shown.remove ? "This answer will be removed, and is not counted."
    : shown.coded ? "Decided." : "No decision yet.";
}

// -- what is decided -------------------------------------------------------------------------------------

async function decide(themes, remove) {
  const said = { question: asked().id, place, themes, remove };
  if (await post("code", said)) await show();
}

const toggle = (id) => shown.given ? null
  : decide(shown.themes.includes(id) ? shown.themes.filter((one) => one !== id) : [...shown.themes, id], shown.remove);

async function add(event) {
  event.preventDefault();
  const told = await post("theme", { question: asked().id, language: $("language").value, title: $("title").value });
  if (!told) return;
  $("title").value = "";
  $("words").focus();
  await (shown.given ? show() : decide([...shown.themes, told.theme], shown.remove));
}

function go(to) {
  if (to < 0 || to >= asked().coded.length) return;
  place = to;
  show();
}

function nextOpen() {
  const one = asked(), count = one.coded.length;
  for (let step = 1; step <= count; step++) {
    const at = (place + step) % count;
    if (!one.coded[at] && !one.given[at]) return go(at);
  }
  $("said").textContent = "Every answer to this question has a decision.";
}

// -- the end ---------------------------------------------------------------------------------------------

function sure() {
  const open = state.questions.reduce((sum, one) => sum + left(one), 0);
  $("sure-words").textContent = state.second
    ? `Shows how far you agree with the first steward. ${open} answers of the sample have no decision.`
    : `Writes ${state.out}: how many answers have each theme, and which are to be removed; no answer is in it. `
      + `Answers are counted once: what is given back now stays as it is, and this release is counted once. `
      + `${open} answers have no decision; they wait for the next release. `
      + `A second steward codes a sample before this, not after.`;
  $("sure-yes").textContent = state.second ? "Show it" : "Write the file";
  $("sure").showModal();
}

async function finish() {
  $("sure").close();
  const told = await post("finish", {});
  if (!told) return;
  const result = $("result");
  result.replaceChildren();
  if (told.file) put("p", `Written: ${told.file}. Give this file to whoever runs the bot, or send it to the bot.`, result);
  for (const one of state.questions) {
    const given = told.given && told.given[one.id];
    const agreed = told.agreement ? told.agreement[one.id] : given && given.agreement;
    put("h2", worded(one.ask), result, { dir: "auto" });
    if (told.given && !given) put("p", `Fewer than ${state.k} answers are coded: they wait.`, result);
    if (given) put("p", `${given.coded} answers coded.`, result);
    if (agreed) put("p", `Agreement on ${agreed.n} answers: kappa ${two(agreed.kappa)}.`, result, { "class": "kappa" });
    else if (told.agreement) put("p", `No agreement yet: code all answers of the sample.`, result);
    if (given || agreed) table(one, given, agreed, result);
  }
  await show();
}

const two = (kappa) => kappa === null || kappa === undefined ? "–" : kappa.toFixed(2);

function table(one, given, agreed, parent) {
  const made = put("table", "", parent);
  const head = put("tr", "", made);
  for (const words of ["Theme", ...(given ? ["Answers"] : []), ...(agreed ? ["Kappa"] : [])]) put("th", words, head, { scope: "col" });
  for (const theme of one.themes) {
    const row = put("tr", "", made);
    put("td", worded(theme.title), row, { dir: "auto" });
    if (given) put("td", String(given.themes[theme.id]), row);
    if (agreed) put("td", two(agreed.themes[theme.id]), row);
  }
}

// -- keys ------------------------------------------------------------------------------------------------

const KEYS = {
  ArrowLeft: () => go(place - 1), ArrowRight: () => go(place + 1), Enter: nextOpen,
  "0": () => shown.given || decide([], false), n: () => state.second || $("title").focus(),
  x: () => state.second || decide(shown.themes, !shown.remove), u: undo,
};

async function undo() {
  if ($("undo").disabled) return;
  if (await post("code", { question: asked().id, place, undo: true })) await show();
}

function typed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || $("sure").open) return;
  if (event.target.closest("input, select, audio") || (event.key === "Enter" && event.target.closest("button"))) return;
  const theme = /^[1-9]$/.test(event.key) && asked().themes[event.key - 1];
  const act = theme ? () => toggle(theme.id) : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || !shown) return;
  event.preventDefault();
  act();
}

async function begin() {
  state = await get("state");
  if (state.second) $("who").textContent = "You are the second steward: you see a sample, and none of the first one's codes.";
  state.questions.forEach((one, at) => {
    const option = put("option", worded(one.ask), $("question"), { value: at });
    option.disabled = !one.coded.length;
  });
  question = Math.max(0, state.questions.findIndex((one) => one.coded.length));
  $("question").value = question;
  $("question").addEventListener("change", () => { question = Number($("question").value); place = 0; show(); });
  $("none").addEventListener("click", () => decide([], false));
  $("remove").addEventListener("click", () => decide(shown.themes, !shown.remove));
  $("back").addEventListener("click", () => go(place - 1));
  $("next").addEventListener("click", () => go(place + 1));
  $("open").addEventListener("click", nextOpen);
  $("undo").addEventListener("click", undo);
  $("new").addEventListener("submit", add);
  $("finish").addEventListener("click", sure);
  $("sure-no").addEventListener("click", () => $("sure").close());
  $("sure-yes").addEventListener("click", finish);
  document.addEventListener("keydown", typed);
  const first = asked().coded.findIndex((done, at) => !done && !asked().given[at]);
  place = Math.max(0, first);
  await show();
}

begin();
