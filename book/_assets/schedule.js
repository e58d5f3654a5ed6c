// When a card comes back: FSRS-6 as ts-fsrs implements it, without chance.

import { createEmptyCard, fsrs, Rating } from "ts-fsrs";

const scheduler = fsrs({ enable_fuzz: false, request_retention: 0.9 });

/** The four ratings, in the order of the keys 1 to 4. */
export const RATINGS = [Rating.Again, Rating.Hard, Rating.Good, Rating.Easy];
export const RATING_NAMES = ["Again", "Hard", "Good", "Easy"];

/** The state of a card never seen. */
export function unseen(now) {
  return createEmptyCard(now);
}

/** The state after a review: `rating` is 1 to 4. */
export function review(state, rating, now) {
  return scheduler.next(state, now, RATINGS[rating - 1]).card;
}

/** For each rating, when the card would come back. */
export function preview(state, now) {
  return RATINGS.map((rating) => scheduler.next(state, now, rating).card.due);
}

/** A kept state: dates come back from JSON as text. */
export function revive(kept) {
  const state = { ...kept, due: new Date(kept.due) };
  if (kept.last_review) state.last_review = new Date(kept.last_review);
  return state;
}
