// {cards}: spaced reviews in the reader's browser.

import { keep, recall } from "./storage.js";
import { preview, RATING_NAMES, review, revive, unseen } from "./schedule.js";

const KEY = "lambdalab.cards";
const MINUTE = 60_000;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A wait in the unit a person would say. */
function wait(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h`;
  const days = Math.round(minutes / 1440);
  if (days < 60) return `${days} d`;
  return days < 730 ? `${Math.round(days / 30)} months` : `${Math.round(days / 365)} years`;
}

class Deck {
  constructor(root) {
    this.root = root;
    this.cards = [...root.querySelectorAll("details[data-card]")].map((details) => ({
      id: details.dataset.card,
      front: details.querySelector("summary"),
      back: details.querySelector(".card-back"),
    }));
    this.current = null;
    this.shown = false;
    this.build();
    this.next();
  }

  states() {
    return recall(KEY, {});
  }

  state(card, now) {
    const kept = this.states()[card.id];
    return kept ? revive(kept.state) : unseen(now);
  }

  build() {
    const list = this.root.querySelector(".cards-list");
    const all = make("details", { className: "cards-all" }, make("summary", { textContent: "All cards as a list" }));
    this.progress = make("p", { className: "cards-progress" });
    this.front = make("div", { className: "card-face" });
    this.answer = make("div", { className: "card-face card-answer", hidden: true });
    this.answer.setAttribute("aria-live", "polite");
    this.card = make("div", { className: "card", tabIndex: -1 }, this.front, this.answer);
    this.card.setAttribute("role", "group");
    this.card.setAttribute("aria-label", "Flashcard");
    this.flip = make("button", { type: "button", className: "button card-flip", textContent: "Show answer" });
    this.ratings = make("div", { className: "card-ratings", hidden: true });
    this.ratings.setAttribute("role", "group");
    this.ratings.setAttribute("aria-label", "How well did you know it?");
    this.buttons = RATING_NAMES.map((name, index) => {
      const due = make("small");
      const button = make("button", { type: "button", className: "button" }, `${index + 1} ${name}`, due);
      button.addEventListener("click", () => this.rate(index + 1));
      this.ratings.append(button);
      return { button, due };
    });
    this.status = make("p", { className: "cards-status" });
    this.status.setAttribute("role", "status");
    const hint = make("p", { className: "cards-hint" });
    hint.append("Keys: ", make("kbd", { textContent: "Space" }), " shows the answer, ");
    hint.append(make("kbd", { textContent: "1" }), " to ", make("kbd", { textContent: "4" }), " rate it.");
    const download = make("button", { type: "button", className: "button-quiet", textContent: "Download my reviews" });
    download.addEventListener("click", () => this.download());
    this.player = make(
      "section",
      { className: "cards-player" },
      this.progress, this.card, this.flip, this.ratings, this.status, hint,
    );
    this.player.setAttribute("aria-label", "Flashcards");
    this.flip.addEventListener("click", () => this.show());
    this.player.addEventListener("keydown", (event) => this.key(event));
    list.before(this.player);
    list.before(all);
    all.append(list);
    this.root.querySelector(".cards-more").prepend(download, " ");
  }

  /** The card that is due longest; else a new one. */
  pick(now) {
    const states = this.states();
    const due = this.cards
      .filter((card) => states[card.id] && revive(states[card.id].state).due <= now)
      .sort((one, other) => new Date(states[one.id].state.due) - new Date(states[other.id].state.due));
    const fresh = this.cards.filter((card) => !states[card.id]);
    this.progress.textContent = `${due.length} to repeat, ${fresh.length} new, ${this.cards.length} in this deck`;
    return due[0] ?? fresh[0] ?? null;
  }

  next() {
    const now = new Date();
    this.current = this.pick(now);
    this.shown = false;
    this.answer.hidden = true;
    this.answer.replaceChildren();
    this.ratings.hidden = true;
    if (this.current) {
      this.front.replaceChildren(...[...this.current.front.childNodes].map((node) => node.cloneNode(true)));
      this.flip.hidden = false;
      return;
    }
    const soonest = Math.min(...this.cards.map((card) => this.state(card, now).due.getTime()));
    this.front.textContent = `Nothing to repeat now. The next card comes back in ${wait(soonest - now.getTime())}.`;
    this.flip.hidden = true;
  }

  show() {
    if (!this.current || this.shown) return;
    const now = new Date();
    this.shown = true;
    this.answer.hidden = false;
    this.answer.replaceChildren(...[...this.current.back.childNodes].map((node) => node.cloneNode(true)));
    preview(this.state(this.current, now), now).forEach((due, index) => {
      this.buttons[index].due.textContent = wait(due.getTime() - now.getTime());
    });
    this.flip.hidden = true;
    this.ratings.hidden = false;
    this.card.focus({ preventScroll: true });
  }

  rate(rating) {
    if (!this.shown) return;
    const now = new Date();
    const states = this.states();
    const history = states[this.current.id]?.reviews ?? [];
    const state = review(this.state(this.current, now), rating, now);
    states[this.current.id] = { state, reviews: [...history, { at: now.toISOString(), rating }] };
    const lasting = keep(KEY, states);
    const back = wait(state.due.getTime() - now.getTime());
    this.next();
    const kept = lasting ? "" : " Your browser keeps nothing for this site: download your reviews before you leave.";
    this.status.textContent = `Comes back in ${back}.${kept}`;
    (this.flip.hidden ? this.card : this.flip).focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && !this.shown) {
      event.preventDefault(); // neither a scroll nor a second click of the focused button
      this.show();
    } else if (this.shown && /^[1-4]$/.test(event.key)) {
      event.preventDefault();
      this.rate(Number(event.key));
    }
  }

  download() {
    const text = JSON.stringify({ format: "lambdalab cards 1", cards: this.states() }, null, 2);
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    make("a", { href: url, download: "lambdalab-reviews.json" }).click();
    URL.revokeObjectURL(url);
  }
}

for (const root of document.querySelectorAll(".cards")) new Deck(root);
