// Shows what /sim/events tells and sends what people do. It keeps nothing of its own but where one scrolled to.
"use strict";

// The phone's own few words, in the language of its app.
const WORDS = {
  en: { start: "Start", bot: "bot", edited: "edited", write: "Message", send: "Send", commands: "Commands",
    busy: { typing: "typing …", upload_photo: "sending a photo …", upload_document: "sending a file …",
      record_voice: "recording a voice message …", upload_voice: "sending a voice message …" },
    about: "What can this bot do?", unblock: "Unblock the bot", nothing: "No new messages", photo: "Photo",
    you: "You", says: "Bot", ok: "OK", voice: "Voice message", offline: "waiting for the network …",
    unsent: "not sent yet", reply: "Reply to", cancel: "Cancel the reply", gone: "This account was deleted." },
  ur: { start: "شروع کریں", bot: "بوٹ", edited: "ترمیم شدہ", write: "پیغام", send: "بھیجیں", commands: "کمانڈز",
    busy: { typing: "لکھ رہا ہے …", upload_photo: "تصویر بھیج رہا ہے …", upload_document: "فائل بھیج رہا ہے …",
      record_voice: "آواز بھر رہا ہے …", upload_voice: "آواز بھیج رہا ہے …" },
    about: "یہ بوٹ کیا کر سکتا ہے؟", unblock: "بوٹ کو اَن بلاک کریں", nothing: "کوئی نیا پیغام نہیں", photo: "تصویر",
    you: "آپ", says: "بوٹ", ok: "ٹھیک ہے", voice: "آواز کا پیغام", offline: "نیٹ ورک کا انتظار ہے …",
    unsent: "ابھی نہیں بھیجا گیا", reply: "جواب", cancel: "جواب منسوخ کریں", gone: "یہ اکاؤنٹ ختم کر دیا گیا۔" },
  ps: { start: "شروع کړئ", bot: "بوټ", edited: "سم شوی", write: "پېغام", send: "ولېږئ", commands: "قوماندې",
    busy: { typing: "لیکي …", upload_photo: "انځور لېږي …", upload_document: "فایل لېږي …",
      record_voice: "غږ ثبتوي …", upload_voice: "غږ لېږي …" },
    about: "دا بوټ څه کولے شي؟", unblock: "بوټ بېرته خلاص کړئ", nothing: "نوے پېغام نشته", photo: "انځور",
    you: "تاسو", says: "بوټ", ok: "سمه ده", voice: "غږیز پېغام", offline: "شبکې ته انتظار دے …",
    unsent: "لا نه دے لېږل شوے", reply: "ځواب", cancel: "ځواب پرېږدئ", gone: "دا اکاونټ ختم کړے شوے دے۔" },
};
const RIGHT_TO_LEFT = new Set(["ur", "ps", "ar", "fa", "sd"]);
const ARABIC = /[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]/;
const BOT_LINK = /^(?:https?:\/\/)?t\.me\/([A-Za-z0-9_]+)\?start=([A-Za-z0-9_-]{1,64})$/i;
const SPIN_MS = 15000; // as long as the server waits for an answer
const TOAST_MS = 4000;
const ACTION_MS = 5000;
const SLOW_MS = 2500; // one way, on a slow network

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

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
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
    this.offline = false; // airplane mode
    this.held = null; // the screen that airplane mode holds back
    this.unsent = []; // what was done in airplane mode: {what, body, done}
    this.slow = false;
    this.received = 0; // screens are numbered as they come
    this.newest = 0;
    this.notReplying = 0; // the forced reply that the person cancelled
    this.replyingTo = 0;
    this.root = byId("phone").content.firstElementChild.cloneNode(true);
    this.root.dataset.user = userId;
    this.find = (selector) => this.root.querySelector(selector);
    this.find(".line").addEventListener("submit", (event) => { event.preventDefault(); this.sendLine(); });
    this.find(".line-menu").addEventListener("click", () => this.showMenu(this.find(".menu").hidden));
    this.find(".start").addEventListener("click", () => this.pressStart());
    this.find(".alert button").addEventListener("click", () => this.closeAlert());
    this.find(".owner-language").addEventListener("change", (event) => this.setLanguage(event.target.value));
    this.find(".owner-airplane").addEventListener("change", (event) => this.setAirplane(event.target.checked));
    this.find(".owner-slow").addEventListener("change", (event) => { this.slow = event.target.checked; });
    this.find(".owner-anew").addEventListener("click", () => this.startAnew());
    this.find(".owner-talk").addEventListener("click", () => this.saveTalk());
    this.find(".owner-away").addEventListener("click", () => putAway(this.id));
    this.find(".owner-delete").addEventListener("click", () => askWhetherToDelete(this));
    this.find(".answering button").addEventListener("click", () => this.cancelReply());
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

  // The air between this phone and the world: what is done leaves now, late, or when there is a network again.

  async act(what, body) {
    if (this.offline) {
      return new Promise((done) => {
        this.unsent.push({ what, body, done });
        this.drawUnsent();
      });
    }
    if (this.slow) await pause(SLOW_MS);
    return this.leave(what, body);
  }

  async leave(what, body) {
    try {
      return await post(`/sim/users/${this.id}/${what}`, body);
    } catch (problem) {
      this.toast(problem.message);
      return null;
    }
  }

  async receive(screen) {
    this.received += 1;
    const number = this.received;
    if (this.slow && this.screen) await pause(SLOW_MS);
    if (number < this.newest) return; // overtaken when the network became fast again
    this.newest = number;
    if (this.offline) this.held = screen;
    else this.draw(screen);
  }

  async setAirplane(offline) {
    this.offline = offline;
    if (this.held) this.draw(this.held);
    else if (this.screen) this.drawHead(this.words);
    this.held = null;
    if (!offline) while (this.unsent.length) {
      const { what, body, done } = this.unsent.shift();
      done(await this.leave(what, body));
    }
    this.drawUnsent();
  }

  // The language of the app is the phone's own affair: no network is needed for it.
  setLanguage(code) {
    if (this.offline && this.screen) {
      this.screen.user.language_code = code;
      this.draw(this.screen);
    }
    return this.leave("language", { language_code: code });
  }

  start(payload = "") { return this.act("send", { deep_link: payload }); }

  pressStart() {
    if (this.screen?.blocked) return this.act("unblock");
    const payload = this.payload || this.screen?.link?.payload || "";
    this.payload = "";
    return this.start(payload);
  }

  async startAnew() {
    await this.act("clear_chat", { both_sides: true });
    return this.start(this.screen.link.payload);
  }

  async saveTalk() {
    const reply = await fetch(`/sim/users/${this.id}/talk`);
    const save = make("a");
    save.href = URL.createObjectURL(await reply.blob());
    save.download = "talk.txt";
    save.click();
    URL.revokeObjectURL(save.href);
  }

  sendLine() {
    const input = this.find(".line-words");
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    this.act("send", this.replyingTo ? { text, reply_to: this.replyingTo } : { text });
  }

  cancelReply() {
    this.notReplying = this.replyingTo;
    this.drawReplying(this.words);
    this.find(".line-words").focus();
  }

  async press(message, row, col, key) {
    key.classList.add("spinning");
    key.setAttribute("aria-busy", "true");
    key.dataset.leaving = "yes";
    const done = await this.act("tap", { message_id: message.id, button: { row, col } });
    delete key.dataset.leaving;
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
    for (const part of this.root.querySelectorAll(".lock, .head, .line, .menu, .about, .alert, .answering")) part.dir = rightToLeft ? "rtl" : "ltr";
    this.find(".phone").lang = this.language || "en"; // the shapes of digits differ between Urdu and its neighbours
    this.root.setAttribute("aria-label", `Phone of ${screen.user.first_name}`);
    this.drawHead(words);
    this.drawMessages(words);
    this.drawLock(words);
    this.drawUnsent();
    this.drawFoot(words);
    this.drawToasts();
    this.drawOwner();
  }

  // Words that were written without a network stand below, each with its sign.
  drawUnsent() {
    const words = this.unsent.filter(({ what, body }) => what === "send" && (body.text || body.deep_link !== undefined));
    this.find(".unsent").replaceChildren(...words.map(({ body }) => {
      const element = make("article", "message own waiting");
      const bubble = make("div", "bubble");
      const text = make("div", "bubble-words");
      text.dir = "auto";
      write(text, body.text ?? `/start ${body.deep_link}`.trim());
      const meta = make("div", "meta");
      meta.append(make("bdi", "", this.words.unsent));
      bubble.append(text, meta);
      element.append(bubble);
      return element;
    }));
    if (words.length) this.find(".talk").scrollTop = this.find(".talk").scrollHeight;
  }

  drawHead(words) {
    const bot = this.screen.bot;
    write(this.find(".head-name"), bot ? bot.name : "…");
    this.find(".face").textContent = bot ? [...bot.name][0] : "";
    const state = this.find(".head-state");
    const action = this.screen.action;
    clearTimeout(this.actionTimer);
    const calm = this.offline ? words.offline : words.bot;
    write(state, !bot ? "Waiting for the bot to call" : action && !this.offline ? words.busy[action] || "…" : calm);
    state.classList.toggle("busy", Boolean(action) && !this.offline);
    if (action) {
      this.actionTimer = setTimeout(() => { write(state, this.offline ? words.offline : words.bot); state.classList.remove("busy"); }, ACTION_MS);
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
    if (!newest) return;
    // Where it will stand: while it arrives it is drawn a little lower.
    const top = list.getBoundingClientRect().top + newest.offsetTop - list.offsetTop;
    const above = talk.getBoundingClientRect().top + 8 - top;
    if (above > 0) talk.scrollTop -= above;
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
      if (!waiting.includes(key.dataset.tap) && !key.dataset.leaving) this.rest(key);
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
    const { messages, blocked, bot, account_deleted: gone, link, reply_keyboard: keyboard } = this.screen;
    const start = this.find(".start");
    const showStart = gone || blocked || messages.length === 0;
    start.hidden = !showStart;
    start.disabled = !bot || gone || (!blocked && !this.payload && Boolean(link?.followed));
    start.dir = "auto";
    write(start, gone ? words.gone : blocked ? words.unblock : words.start);
    this.find(".line").hidden = showStart;
    this.find(".line-words").placeholder = keyboard?.input_field_placeholder || words.write;
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
        key.title = button.text;
        key.addEventListener("click", () => this.act("send", button.request_contact ? { contact: true } : { text: button.text }));
        line.append(key);
      }
      return line;
    }));
    this.drawReplying(words);
  }

  // A bot can ask for a reply to its message; the next words are one, unless the person cancels it.
  drawReplying(words) {
    const keyboard = this.screen.reply_keyboard;
    const asked = keyboard?.force_reply ? this.screen.messages.find((each) => each.id === keyboard.message_id) : null;
    const before = this.replyingTo;
    this.replyingTo = asked && asked.id !== this.notReplying ? asked.id : 0;
    const bar = this.find(".answering");
    bar.hidden = !this.replyingTo || !this.find(".start").hidden;
    if (bar.hidden) return;
    write(bar.querySelector("b"), words.reply);
    write(bar.querySelector(".answering-words"), asked.text);
    bar.querySelector("button").setAttribute("aria-label", words.cancel);
    if (this.replyingTo !== before) this.find(".line-words").focus({ preventScroll: true });
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
    const gone = Boolean(this.screen.account_deleted);
    this.find(".owner-talk").disabled = !this.screen.talk_begun;
    this.find(".owner-block").checked = Boolean(this.screen.blocked);
    for (const part of [".owner-block", ".owner-delete"]) this.find(part).disabled = gone;
    const anew = this.find(".owner-anew");
    anew.hidden = !this.screen.link;
    anew.disabled = gone || this.screen.blocked || Boolean(this.screen.link?.followed);
  }

  // One message

  message(message, words) {
    if (message.service) return make("p", "service", message.service.replaceAll("_", " "));
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
    for (const sound of [message.voice, message.audio]) if (sound) bubble.append(player(sound, words));
    if (message.contact) bubble.append(make("div", "bubble-words", message.contact.phone_number));
    if (message.text) {
      const text = make("div", "bubble-words");
      text.dir = "auto";
      text.classList.toggle("arabic", ARABIC.test(message.text));
      text.append(...this.formatted(message.text, message.entities || [], 0, message.text.length));
      bubble.append(text);
    }
    const meta = make("div", "meta");
    if (message.reaction) meta.append(make("span", "reaction", message.reaction));
    if (message.pinned) meta.append(make("span", "", "📌"));
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

function player(sound, words) {
  const element = make("audio");
  element.controls = true;
  element.preload = "metadata";
  element.src = sound.url;
  element.setAttribute("aria-label", sound.name || words.voice);
  element.setAttribute("controlslist", "nodownload noplaybackrate");
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
    phones.get(screen.user.id)?.receive(screen);
  });
}

function drawWorld(world) {
  users = world.users;
  setTime(world.now);
  const notice = noticeWords(world.notice);
  byId("notice").hidden = !notice;
  write(byId("notice"), notice);
  byId("notice").classList.toggle("several", notice.includes("\n"));
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
function show(ids) {
  chosen = ids;
  history.replaceState(null, "", `/?phones=${ids.join(",")}`);
  layTable();
}

function putAway(id) {
  show([...phones.keys()].filter((each) => each !== id));
  byId("add-person").focus();
}

let toDelete = null; // the phone whose account may be deleted

function askWhetherToDelete(phone) {
  toDelete = phone;
  byId("sure-name").textContent = phone.screen.user.first_name;
  byId("sure").showModal();
}

byId("sure-no").addEventListener("click", () => byId("sure").close());
byId("sure-yes").addEventListener("click", () => { byId("sure").close(); toDelete.act("delete_account"); });

byId("add-person").addEventListener("click", () => {
  const others = users.filter((user) => !phones.has(user.id));
  byId("known").replaceChildren(...others.map((user) => new Option(user.first_name, user.id)));
  byId("known-form").hidden = others.length === 0;
  byId("person").showModal();
});
byId("known-form").addEventListener("submit", () => show([...phones.keys(), Number(byId("known").value)]));
byId("person-no").addEventListener("click", () => byId("person").close());
byId("person-form").addEventListener("submit", async (event) => {
  const fields = Object.fromEntries(new FormData(event.target));
  event.target.reset();
  const shown = [...phones.keys()];
  const user = await post("/sim/users", fields);
  if (!users.some((each) => each.id === user.id)) users.push(user);
  show([...shown, user.id]);
});
byId("large-close").addEventListener("click", () => byId("large").close());
byId("large").addEventListener("click", (event) => { if (event.target === byId("large")) byId("large").close(); });
byId("deep-link-no").addEventListener("click", () => byId("deep-link").close());
setInterval(showTime, 1000);
listen(chosen || []);
