import assert from "node:assert/strict";
import test from "node:test";
import { obstacle } from "../../../book/_live/page/device.js";

const fine = { protocol: "https:", deviceMemory: 8, capable: true };

test("an ordinary device has no obstacle, nor one that does not tell its memory", () => {
  assert.equal(obstacle(fine), null);
  assert.equal(obstacle({ ...fine, deviceMemory: undefined }), null);
  assert.equal(obstacle({ ...fine, deviceMemory: 2 }), null);
});

test("a page from a file says how to serve it", () => {
  const found = obstacle({ ...fine, protocol: "file:" });
  assert.equal(found.kind, "file");
  assert.match(found.message, /python3 -m http\.server --bind 127\.0\.0\.1/);
});

test("too little memory and an old browser are named", () => {
  assert.equal(obstacle({ ...fine, deviceMemory: 1 }).kind, "memory");
  assert.match(obstacle({ ...fine, deviceMemory: 0.5 }).message, /too little free memory/);
  assert.equal(obstacle({ ...fine, capable: false }).kind, "browser");
});
