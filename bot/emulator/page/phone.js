// Shows what /sim/events tells and sends what people do. It keeps nothing of its own but where one scrolled to.
"use strict";

// The phone's own few words, in the language of its app.
const WORDS = {
  en: { start: "Start", bot: "bot", edited: "edited", write: "Message", send: "Send", commands: "Commands",
    busy: { typing: "typing …", upload_photo: "sending a photo …", upload_document: "sending a file …" },
    about: "What can this bot do?", unblock: "Unblock the bot", nothing: "No new messages", photo: "Photo",
    you: "You", says: "Bot", ok: "OK" },
  ur: { start: "شروع کریں", bot: "بوٹ", edited: "ترمیم شدہ", write: "پیغام", send: "بھیجیں", commands: "کمانڈز",
    busy: { typing: "لکھ رہا ہے …", upload_photo: "تصویر بھیج رہا ہے …", upload_document: "فائل بھیج رہا ہے …" },
    about: "یہ بوٹ کیا کر سکتا ہے؟", unblock: "بوٹ کو اَن بلاک کریں", nothing: "کوئی نیا پیغام نہیں", photo: "تصویر",
    you: "آپ", says: "بوٹ", ok: "ٹھیک ہے" },
  ps: { start: "شروع کړئ", bot: "بوټ", edited: "سم شوی", write: "پېغام", send: "ولېږئ", commands: "قوماندې",
    busy: { typing: "لیکي …", upload_photo: "انځور لېږي …", upload_document: "فایل لېږي …" },
    about: "دا بوټ څه کولے شي؟", unblock: "بوټ بېرته خلاص کړئ", nothing: "نوے پېغام نشته", photo: "انځور",
    you: "تاسو", says: "بوټ", ok: "سمه ده" },
};
const RIGHT_TO_LEFT = new Set(["ur", "ps", "ar", "fa", "sd"]);
const ARABIC = /[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]/;
const BOT_LINK = /^(?:https?:\/\/)?t\.me\/([A-Za-z0-9_]+)\?start=([A-Za-z0-9_-]{1,64})$/i;
const SPIN_MS = 15000; // as long as the server waits for an answer
const TOAST_MS = 4000;
const ACTION_MS = 5000;

const byId = (id) => document.getElementById(id);
const phones = new Map(); // user id -> Phone, in the order on the table
const query = new URLSearchParams(location.search);
let firstPayload = query.get("start") || "";
let chosen = chosenPhones(); // null: the first two people
let users = [];
let stream = null;
let ahead = 0; // how far this world's time is ahead of the computer's, in ms

function chosenPhones() {
  const one = location.pathname.match(/^\/phone\/(\d+)/);
  if (one) return [Number(one[1])];
  const several = (query.get("phones") || "").split(",").map(Number).filter((id) => id > 0);
  return several.length ? several : null;
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("arabic", ARABIC.test(text));
}

async function post(path, body = {}) {
  const reply = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.error || reply.statusText);
  return answer;
}

// One phone

class Phone {
  constructor(userId) {
    this.id = userId;
    this.payload = "";
    this.screen = null;
    this.rows = new Map(); // message id -> {element, shown}
    this.toastSeq = null;
    this.notified = null;
    this.root = byId("phone").content.firstElementChild.cloneNode(true);
    this.root.dataset.user = userId;
    this.find = (selector) => this.root.querySelector(selector);
    this.find(".line").addEventListener("submit", (event) => { event.preventDefault(); this.sendLine(); });
    this.find(".line-menu").addEventListener("click", () => this.showMenu(this.find(".menu").hidden));
    this.find(".start").addEventListener("click", () => this.pressStart());
    this.find(".alert button").addEventListener("click", () => this.closeAlert());
    this.find(".owner-language").addEventListener("change", (event) => this.act("language", { language_code: event.target.value }));
    this.find(".owner-block").addEventListener("change", (event) => this.act(event.target.checked ? "block" : "unblock"));
    this.find(".owner-clear").addEventListener("click", () => this.act("clear_chat"));
    this.find(".owner-start").addEventListener("submit", (event) => {
      event.preventDefault();
      const input = event.target.querySelector("input");
      this.start(input.value);
      input.value = "";
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.showMenu(false);
      this.closeAlert();
    });
  }

  get language() { return (this.screen?.user.language_code || "").slice(0, 2); }
  get words() { return WORDS[this.language] || WORDS.en; }

  async act(what, body) {
    try {
      return await post(`/sim/users/${this.id}/${what}`, body);
    } catch (problem) {
      this.toast(problem.message);
      return null;
    }
  }

  start(payload = "") { return this.act("send", { deep_link: payload }); }

  pressStart() {
    if (this.screen?.blocked) return this.act("unblock");
    const payload = this.payload;
    this.payload = "";
    return this.start(payload);
  }

  sendLine() {
    const input = this.find(".line-words");
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    this.act("send", { text });
  }

  async press(message, row, col, key) {
    key.classList.add("spinning");
    key.setAttribute("aria-busy", "true");
    const done = await this.act("tap", { message_id: message.id, button: { row, col } });
    if (done?.tap) return;
    this.rest(key);
    if (done?.url) openLink(done.url);
    if (done?.copy_text) {
      navigator.clipboard?.writeText(done.copy_text.text);
      this.toast(done.copy_text.text);
    }
  }

  rest(key) {
    key.classList.remove("spinning");
    key.removeAttribute("aria-busy");
  }

  // Drawing

  draw(screen) {
    this.screen = screen;
    const words = this.words;
    const rightToLeft = RIGHT_TO_LEFT.has(this.language);
    for (const part of this.root.querySelectorAll(".lock, .head, .line, .menu, .about, .alert")) part.dir = rightToLeft ? "rtl" : "ltr";
    this.find(".phone").lang = this.language || "en"; // the shapes of digits differ between Urdu and its neighbours
    this.root.setAttribute("aria-label", `Phone of ${screen.user.first_name}`);
    this.drawHead(words);
    this.drawMessages(words);
    this.drawLock(words);
    this.drawFoot(words);
    this.drawToasts();
    this.drawOwner();
  }

  drawHead(words) {
    const bot = this.screen.bot;
    write(this.find(".head-name"), bot ? bot.name : "…");
    this.find(".face").textContent = bot ? [...bot.name][0] : "";
    const state = this.find(".head-state");
    const action = this.screen.action;
    clearTimeout(this.actionTimer);
    write(state, !bot ? "Waiting for the bot to call" : action ? words.busy[action] || "…" : words.bot);
    state.classList.toggle("busy", Boolean(action));
    if (action) {
      this.actionTimer = setTimeout(() => { write(state, words.bot); state.classList.remove("busy"); }, ACTION_MS);
    }
  }

  drawLock(words) {
    const last = (this.screen.notifications || []).at(-1);
    const line = this.find(".lock-words");
    const text = last ? `${this.screen.bot.name}: ${last.text}` : words.nothing;
    write(line, text);
    line.classList.remove("arabic");
    line.classList.toggle("none", !last);
    const count = (this.screen.notifications || []).length;
    if (this.notified !== null && count > this.notified) {
      const lock = this.find(".lock");
      lock.classList.remove("fresh");
      void lock.offsetWidth; // begins the animation anew
      lock.classList.add("fresh");
    }
    this.notified = count;
  }

  drawMessages(words) {
    const talk = this.find(".talk");
    const list = this.find(".messages");
    const wasLow = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
    const seen = new Set(this.screen.messages.map((message) => message.id));
    for (const [id, row] of this.rows) {
      if (seen.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    let added = false;
    for (const message of this.screen.messages) {
      const shown = JSON.stringify([message, this.language]);
      const row = this.rows.get(message.id);
      if (row?.shown === shown) continue;
      const element = this.message(message, words);
      if (row) {
        this.exchange(row.element, element);
      } else {
        list.append(element);
        added = true;
      }
      this.rows.set(message.id, { element, shown });
    }
    this.drawSpinning();
    this.drawAbout(words);
    if (added || wasLow) this.showNewest(talk, list);
  }

  // The end of the talk; but words that do not fit with their buttons are read from their first line.
  showNewest(talk, list) {
    talk.scrollTop = talk.scrollHeight;
    const newest = list.lastElementChild;
    if (!newest || newest.offsetHeight <= talk.clientHeight) return;
    talk.scrollTop += newest.getBoundingClientRect().top - talk.getBoundingClientRect().top - 8;
  }

  exchange(old, fresh) {
    // Whoever works the phone by keyboard stays where they were: on the first button of the changed message.
    const hadFocus = old.contains(document.activeElement);
    fresh.classList.add("changed");
    fresh.style.animation = "none";
    old.replaceWith(fresh);
    if (hadFocus) (fresh.querySelector(".key") || this.find(".talk")).focus({ preventScroll: true });
  }

  drawAbout(words) {
    const about = this.find(".about");
    about.hidden = this.screen.messages.length > 0 || !this.screen.description;
    write(about.querySelector("h3"), words.about);
    write(about.querySelector("p"), this.screen.description || "");
  }

  drawSpinning() {
    const waiting = (this.screen.spinning || []).map((tap) => `${tap.message_id} ${tap.data}`);
    for (const key of this.root.querySelectorAll(".key.spinning")) {
      if (!waiting.includes(key.dataset.tap)) this.rest(key);
    }
    for (const key of this.root.querySelectorAll(".key")) {
      if (!waiting.includes(key.dataset.tap)) continue;
      key.classList.add("spinning");
      key.setAttribute("aria-busy", "true");
    }
    clearTimeout(this.spinTimer);
    this.spinTimer = setTimeout(() => this.root.querySelectorAll(".key.spinning").forEach((key) => this.rest(key)), SPIN_MS);
  }

  drawFoot(words) {
    const { messages, blocked, bot, reply_keyboard: keyboard } = this.screen;
    const start = this.find(".start");
    const showStart = blocked || messages.length === 0;
    start.hidden = !showStart;
    start.disabled = !bot;
    start.dir = "auto";
    write(start, blocked ? words.unblock : words.start);
    this.find(".line").hidden = showStart;
    this.find(".line-words").placeholder = words.write;
    this.find(".line-words").setAttribute("aria-label", words.write);
    this.find(".line-send").setAttribute("aria-label", words.send);
    this.find(".line-menu").setAttribute("aria-label", words.commands);
    this.find(".line-menu").hidden = !(this.screen.commands || []).length;
    if (showStart) this.showMenu(false);
    const keys = this.find(".keys");
    keys.hidden = !keyboard?.keyboard || showStart;
    keys.replaceChildren(...(keyboard?.keyboard || []).map((row) => {
      const line = make("div");
      for (const button of row) {
        const key = make("button", "", button.text);
        key.type = "button";
        key.dir = "auto";
        key.addEventListener("click", () => this.act("send", { text: button.text }));
        line.append(key);
      }
      return line;
    }));
  }

  showMenu(open) {
    const menu = this.find(".menu");
    menu.hidden = !open;
    this.find(".line-menu").setAttribute("aria-expanded", String(open));
    if (!open) return;
    menu.replaceChildren(...this.screen.commands.map((command) => {
      const button = make("button");
      button.type = "button";
      const what = make("bdi", "", command.description);
      button.append(what, make("span", "", `/${command.command}`));
      button.addEventListener("click", () => { this.showMenu(false); this.act("send", { text: `/${command.command}` }); });
      return button;
    }));
    menu.querySelector("button")?.focus();
  }

  drawToasts() {
    const toasts = this.screen.toasts || [];
    const newest = toasts.at(-1);
    if (this.toastSeq !== null && newest && newest.seq > this.toastSeq) {
      if (newest.alert) this.openAlert(newest.text);
      else this.toast(newest.text);
    }
    this.toastSeq = newest ? newest.seq : 0;
  }

  toast(text) {
    const toast = this.find(".toast");
    write(toast, text);
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
  }

  openAlert(text) {
    const alert = this.find(".alert");
    write(alert.querySelector("p"), text);
    alert.setAttribute("aria-label", text);
    alert.querySelector("button").textContent = this.words.ok;
    alert.hidden = false;
    alert.querySelector("button").focus();
  }

  closeAlert() {
    const alert = this.find(".alert");
    if (alert.hidden) return;
    alert.hidden = true;
    this.find(".talk").focus({ preventScroll: true });
  }

  drawOwner() {
    const user = this.screen.user;
    write(this.find(".owner-name"), [user.first_name, user.last_name].filter(Boolean).join(" "));
    const select = this.find(".owner-language");
    if (![...select.options].some((option) => option.value === this.language)) select.append(new Option(this.language, this.language));
    select.value = this.language;
    this.find(".owner-block").checked = Boolean(this.screen.blocked);
  }

  // One message

  message(message, words) {
    const element = make("article", message.from_bot ? "message" : "message own");
    element.dataset.message = message.id;
    const bubble = make("div", "bubble");
    bubble.append(make("span", "unseen", message.from_bot ? words.says : words.you));
    const replied = this.screen.messages.find((other) => other.id === message.reply_to);
    if (replied) {
      const quote = make("span", "reply", replied.text);
      quote.dir = "auto";
      bubble.append(quote);
    }
    if (message.photo) bubble.append(this.photo(message, words));
    if (message.document) bubble.append(file(message.document));
    if (message.text) {
      const text = make("div", "bubble-words");
      text.dir = "auto";
      text.classList.toggle("arabic", ARABIC.test(message.text));
      text.append(...this.formatted(message.text, message.entities || [], 0, message.text.length));
      bubble.append(text);
    }
    const meta = make("div", "meta");
    if (message.edits) meta.append(make("bdi", "", words.edited));
    meta.append(make("span", "", clockTime(message.date)));
    bubble.append(meta);
    element.append(bubble);
    if (message.buttons.length) element.append(this.keyboard(message));
    return element;
  }

  photo(message, words) {
    const open = make("button", "photo");
    open.type = "button";
    open.setAttribute("aria-label", words.photo);
    const picture = make("img");
    picture.src = message.photo.url;
    picture.width = message.photo.width;
    picture.height = message.photo.height;
    picture.alt = message.text || words.photo;
    open.append(picture);
    open.addEventListener("click", () => {
      byId("large-picture").src = message.photo.url;
      byId("large-picture").alt = picture.alt;
      byId("large").showModal();
    });
    return open;
  }

  keyboard(message) {
    const keyboard = make("div", "keyboard");
    message.buttons.forEach((row, rowNumber) => {
      const line = make("div", "keyboard-row");
      row.forEach((button, colNumber) => {
        const key = make("button", "key", button.text);
        key.type = "button";
        key.dir = "auto";
        key.title = button.text;
        if (["primary", "danger", "success"].includes(button.style)) key.classList.add(button.style);
        if (button.callback_data !== undefined) key.dataset.tap = `${message.id} ${button.callback_data}`;
        if (button.url) {
          key.classList.add("leads");
          key.append(icon("link"));
        }
        key.addEventListener("click", () => this.press(message, rowNumber, colNumber, key));
        line.append(key);
      });
      keyboard.append(line);
    });
    return keyboard;
  }

  // Entities may lie inside each other; offsets are UTF-16 units, as in this language.
  formatted(text, entities, from, to) {
    const parts = [];
    let place = from;
    for (let index = 0; index < entities.length; index += 1) {
      const entity = entities[index];
      if (entity.offset < place) continue;
      const end = Math.min(entity.offset + entity.length, to);
      parts.push(text.slice(place, entity.offset));
      const inner = entities.slice(index + 1).filter((other) => other.offset < end);
      const element = this.entity(entity, text.slice(entity.offset, end));
      element.append(...this.formatted(text, inner, entity.offset, end));
      parts.push(element);
      place = end;
    }
    parts.push(text.slice(place, to));
    return parts.filter((part) => part !== "");
  }

  entity(entity, words) {
    const tags = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };
    if (entity.type === "url" || entity.type === "text_link") return link(entity.url || words);
    if (entity.type === "bot_command") {
      const command = make("button", "command");
      command.type = "button";
      command.addEventListener("click", () => this.act("send", { text: words }));
      return command;
    }
    return make(tags[entity.type] || "span", entity.type === "spoiler" ? "spoiler" : "");
  }
}

function clockTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function file(document_) {
  const element = make("a", "file");
  element.href = document_.url;
  element.download = document_.name;
  const sign = make("span", "file-sign");
  sign.append(icon("file"));
  const about = make("span");
  const name = make("span", "file-name", document_.name);
  name.dir = "auto";
  about.append(name, make("span", "file-size", size(document_.size)));
  element.append(sign, about);
  return element;
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function link(address) {
  const element = make("a");
  element.href = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
  element.target = "_blank";
  element.rel = "noopener noreferrer";
  element.addEventListener("click", (event) => {
    if (!BOT_LINK.test(address)) return;
    event.preventDefault();
    openLink(address);
  });
  return element;
}

function openLink(address) {
  const found = address.match(BOT_LINK);
  if (!found) {
    window.open(address, "_blank", "noopener");
    return;
  }
  byId("deep-link-url").textContent = address;
  byId("deep-link-phones").replaceChildren(...[...phones.values()].map((phone, index) => {
    const button = make("button", "", `Phone ${index + 1}: ${phone.screen?.user.first_name || phone.id}`);
    button.type = "button";
    button.addEventListener("click", () => { byId("deep-link").close(); phone.start(found[2]); });
    return button;
  }));
  byId("deep-link").showModal();
}

// The table

function layTable() {
  const wanted = chosen || users.slice(0, 2).map((user) => user.id);
  const known = wanted.filter((id) => users.some((user) => user.id === id));
  const missing = wanted.filter((id) => !known.includes(id));
  const nobody = byId("nobody");
  nobody.hidden = known.length > 0;
  nobody.textContent = missing.length ? `There is no person ${missing.join(", ")} yet.` : "Nobody is here yet. Add a person to begin.";
  if (known.join() === [...phones.keys()].join() && stream) return;
  for (const [id, phone] of phones) if (!known.includes(id)) { phone.root.remove(); phones.delete(id); }
  for (const id of known) {
    if (!phones.has(id)) phones.set(id, new Phone(id));
    byId("phones").append(phones.get(id).root);
  }
  const first = phones.get(known[0]);
  if (first && firstPayload) {
    first.payload = firstPayload;
    firstPayload = "";
  }
  listen(known);
}

function listen(ids) {
  stream?.close();
  stream = new EventSource(`/sim/events?phones=${ids.join(",")}`);
  stream.onopen = () => { byId("lost").hidden = true; };
  stream.onerror = () => { byId("lost").hidden = false; };
  stream.addEventListener("world", (event) => drawWorld(JSON.parse(event.data)));
  stream.addEventListener("screen", (event) => {
    const screen = JSON.parse(event.data);
    phones.get(screen.user.id)?.draw(screen);
  });
}

function drawWorld(world) {
  users = world.users;
  setTime(world.now);
  const notice = noticeWords(world.notice);
  byId("notice").hidden = !notice;
  write(byId("notice"), notice);
  const bot = world.bots[0];
  byId("bar-bot").textContent = bot
    ? `${bot.name}, on a local Telegram. Nothing leaves this computer.`
    : "A local Telegram. No bot has called yet.";
  layTable();
}

function noticeWords(notice) {
  if (typeof notice === "string") return notice;
  const code = [...navigator.languages.map((each) => each.slice(0, 2)), "en"].find((each) => notice[each]);
  return notice[code] || Object.values(notice)[0] || "";
}

function setTime(now) {
  ahead = now * 1000 - Date.now();
  showTime();
}

function showTime() {
  const moment = new Date(Date.now() + ahead);
  byId("today").dateTime = moment.toISOString();
  byId("today").textContent = moment.toLocaleString("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
  });
}

byId("next-day").addEventListener("click", async () => setTime((await post("/sim/clock", { advance_s: 86400 })).now));
byId("add-person").addEventListener("click", () => byId("person").showModal());
byId("person-no").addEventListener("click", () => byId("person").close());
byId("person-form").addEventListener("submit", async (event) => {
  const fields = Object.fromEntries(new FormData(event.target));
  event.target.reset();
  const shown = [...phones.keys()];
  const user = await post("/sim/users", fields);
  chosen = [...shown, user.id];
  history.replaceState(null, "", `/?phones=${chosen.join(",")}`);
  if (!users.some((each) => each.id === user.id)) users.push(user);
  layTable();
});
byId("large-close").addEventListener("click", () => byId("large").close());
byId("large").addEventListener("click", (event) => { if (event.target === byId("large")) byId("large").close(); });
byId("deep-link-no").addEventListener("click", () => byId("deep-link").close());
setInterval(showTime, 1000);
listen(chosen || []);
