#!/usr/bin/env node
// Old syntax on purpose: an old Node must get as far as the message.
"use strict";
var version = process.versions.node.split(".").map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  console.error("sluice needs Node.js 22.18 or newer, and this is " + process.version + " (" + process.execPath + ")");
  process.exit(78);
}
var nodeModule = process.getBuiltinModule("node:module");
if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
import("../dist/main.js").catch(function (error) {
  console.error(error);
  process.exit(70);
});
