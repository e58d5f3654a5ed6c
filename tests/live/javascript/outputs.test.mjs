import assert from "node:assert/strict";
import test from "node:test";
import { richest, withoutTerminalColours } from "../../../book/_live/page/outputs.js";

test("the richest representation is shown", () => {
  assert.equal(richest({ "text/plain": "", "image/svg+xml": "" }), "image/svg+xml");
  assert.equal(richest({ "text/plain": "", "image/svg+xml": "", "text/html": "" }), "text/html");
  assert.equal(richest({ "text/plain": "" }), "text/plain");
  assert.equal(richest({ "application/x-unknown": "" }), null);
});

test("terminal colours disappear, brackets stay", () => {
  assert.equal(withoutTerminalColours("\x1b[31mred\x1b[0m [1] and \x1b[1;32mgreen"), "red [1] and green");
});
