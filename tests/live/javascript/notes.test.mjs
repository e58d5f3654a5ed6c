import assert from "node:assert/strict";
import test from "node:test";
import { Notes } from "../../../book/_live/page/notes.js";

class Storage {
  items = new Map();
  getItem = (name) => this.items.get(name) ?? null;
  setItem = (name, text) => void this.items.set(name, text);
  removeItem = (name) => void this.items.delete(name);
}

const refuse = () => {
  throw new Error("blocked");
};

test("a note outlives the page and stays on its page", () => {
  const storage = new Storage();
  assert.equal(new Notes(storage, "/a.html").write("cell:1", "x = 1"), true);
  assert.equal(new Notes(storage, "/a.html").read("cell:1"), "x = 1");
  assert.equal(new Notes(storage, "/b.html").read("cell:1"), null);
  new Notes(storage, "/a.html").remove("cell:1");
  assert.equal(storage.items.size, 0);
});

test("where storage is blocked a note lasts as long as the page, and nothing is thrown", () => {
  for (const storage of [null, { getItem: refuse, setItem: refuse, removeItem: refuse }]) {
    const notes = new Notes(storage, "/a.html");
    assert.equal(notes.read("cell:1"), null);
    assert.equal(notes.write("cell:1", "x = 1"), false);
    assert.equal(notes.read("cell:1"), "x = 1");
    notes.remove("cell:1");
    assert.equal(notes.read("cell:1"), null);
  }
});

test("a full store keeps the note for the page", () => {
  const storage = new Storage();
  storage.setItem = refuse;
  const notes = new Notes(storage, "/a.html");
  assert.equal(notes.write("cell:1", "long"), false);
  assert.equal(notes.read("cell:1"), "long");
});
