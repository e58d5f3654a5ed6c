"""The browser's schedule (`book/_assets/schedule.js` on ts-fsrs) against `fsrs`, an independent implementation."""

from __future__ import annotations

import datetime
import json
import math
import random
import subprocess
from typing import Any

import assets
import fsrs
import pytest

from book._bundle.node import node_program

HISTORIES, REVIEWS = 40, 12
DAY = 24 * 60  # minutes
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
PROGRAM = """
import { review, unseen, preview } from "./source/schedule.js";
const histories = JSON.parse(process.argv[2]);
const out = histories.map((history) => {
  let state = unseen(new Date(history[0].at));
  return history.map(({ at, rating }) => {
    const due = preview(state, new Date(at))[rating - 1];
    state = review(state, rating, new Date(at));
    if (due.getTime() !== state.due.getTime()) throw new Error("preview and review differ");
    return { due: state.due, stability: state.stability, difficulty: state.difficulty };
  });
});
console.log(JSON.stringify(out));
"""


@pytest.fixture(scope="module")
def histories() -> list[list[dict[str, Any]]]:
    """Random reviews: at once, on the day, days and months later."""
    chance = random.Random(7)
    made = []
    for _ in range(HISTORIES):
        at, history = START, []
        for _ in range(REVIEWS):
            history.append({"at": at.isoformat(), "rating": chance.choice([1, 2, 3, 3, 3, 4])})
            wait = datetime.timedelta(minutes=chance.choice([1, 10, 60, 600, DAY, 3 * DAY, 20 * DAY, 90 * DAY]))
            # ts-fsrs counts calendar days, fsrs spans of 24 hours: the same unless a short wait meets midnight.
            at += wait if (at + wait).date() == at.date() or wait.days else datetime.timedelta(days=1)
        made.append(history)
    return made


@pytest.fixture(scope="module")
def in_the_browser(histories: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """What the pages' own module answers, run by Node."""
    assets.prepare()
    program = assets.WORK / "oracle.mjs"
    program.write_text(PROGRAM, encoding="utf-8")
    command = [node_program(), program.name, json.dumps(histories)]
    done = subprocess.run(command, cwd=assets.WORK, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answered: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return answered


def expected_due(scheduler: fsrs.Scheduler, card: fsrs.Card, rating: int, at: datetime.datetime) -> datetime.datetime:
    """When `fsrs` brings a card back, under the two rules ts-fsrs has besides.

    For a card in review ts-fsrs keeps the answers apart: "good" at least a day after "hard", "easy" a day after "good".
    For a card being learned "hard" means the mean of the first two steps, whatever the step, in whole minutes.
    """
    if card.state is fsrs.State.Learning and rating == 2:
        first, second = scheduler.learning_steps
        return at + datetime.timedelta(minutes=math.floor((first + second) / 2 / datetime.timedelta(minutes=1) + 0.5))
    dues = {grade: scheduler.review_card(card, fsrs.Rating(grade), at)[0].due for grade in (1, 2, 3, 4)}
    if card.state is not fsrs.State.Review or rating == 1:
        return dues[rating]
    hard, good, easy = ((dues[grade] - at).days for grade in (2, 3, 4))
    hard = min(hard, good)
    good = max(good, hard + 1)
    easy = max(easy, good + 1)
    return at + datetime.timedelta(days={2: hard, 3: good, 4: easy}[rating])


def test_ts_fsrs_agrees_with_fsrs(
    histories: list[list[dict[str, Any]]], in_the_browser: list[list[dict[str, Any]]]
) -> None:
    """GIVEN random histories WHEN both implementations review them THEN every state and due date agrees."""
    scheduler = fsrs.Scheduler(enable_fuzzing=False, desired_retention=0.9)
    for history, answered in zip(histories, in_the_browser, strict=True):
        card = fsrs.Card()
        for step, shown in zip(history, answered, strict=True):
            at = datetime.datetime.fromisoformat(step["at"])
            due = expected_due(scheduler, card, step["rating"], at)
            card, _ = scheduler.review_card(card, fsrs.Rating(step["rating"]), at)
            assert shown["stability"] == pytest.approx(card.stability, rel=1e-6)
            assert shown["difficulty"] == pytest.approx(card.difficulty, rel=1e-6)
            assert datetime.datetime.fromisoformat(shown["due"]) == due


def test_a_forgotten_card_comes_back_within_minutes(in_the_browser: list[list[dict[str, Any]]]) -> None:
    dues = [answered[0]["due"] for answered in in_the_browser]
    assert any(datetime.datetime.fromisoformat(due) - START < datetime.timedelta(minutes=10) for due in dues)
