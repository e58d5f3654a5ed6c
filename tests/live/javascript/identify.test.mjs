import assert from "node:assert/strict";
import test from "node:test";
import { digest, identify } from "../../../book/_live/page/identify.js";

test("a digest is FNV-1a of the UTF-8 bytes", () => {
  // GIVEN published values of 32-bit FNV-1a
  assert.equal(digest(""), "811c9dc5");
  assert.equal(digest("a"), "e40c292c");
  assert.equal(digest("foobar"), "bf9cf968");
  assert.notEqual(digest("ü"), digest("u"));
});

test("equal cells are told apart, and a new cell in between renames no other", () => {
  // GIVEN a page with two equal cells, and the same page after an author put a cell between them
  const before = identify(["a = 1", "b = 2", "a = 1"]);
  const after = identify(["a = 1", "new", "b = 2", "a = 1"]);
  // THEN all names differ, and the old cells keep theirs
  assert.equal(new Set(before).size, 3);
  assert.deepEqual([after[0], after[2], after[3]], before);
});
