// The grid's parts are joined into one module before a browser sees them (pages/grid/__init__.py), so each may use what
// the others declare; no part may declare a name twice, which the joined text would not survive.
import js from "@eslint/js";
import globals from "globals";

const PARTS = {
  "cells.js": ["absenceLetter", "readBlock", "readCell", "readSingleMark", "LOOK_ALIKES"],
  "queue.js": ["cellKey", "storage", "outboxOf", "REQUEST_MS"],
  "table.js": ["element", "buildTable", "lessonName", "paintHead", "paintPupil", "paintCell"],
  "panel.js": ["Panel", "MARK_QUESTION", "MARK_REASONS", "statusText", "troubleText"],
  "head.js": ["LessonHead", "option"],
  "page.js": ["GridPage"],
  "history.js": ["CellHistory"],
  "keyboard.js": ["Keyboard"],
  "grid.js": ["MarkGrid", "setText"],
};
const RULES = {
  "consistent-return": "error",
  "default-case-last": "error",
  eqeqeq: "error",
  "no-implicit-globals": "off",
  "no-shadow": "error",
  "no-unused-vars": "error",
  "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
};

const ofOthers = (part) =>
  Object.fromEntries(Object.entries(PARTS).flatMap(([name, names]) => (name === part ? [] : names.map((each) => [each, "readonly"]))));

export default [
  { ignores: ["node_modules/", ".venv/", "data/"] },
  js.configs.recommended,
  { rules: RULES, linterOptions: { reportUnusedDisableDirectives: "error" } },
  ...Object.keys(PARTS).map((part) => ({
    files: [`pages/grid/${part}`],
    languageOptions: { globals: { ...globals.browser, ...ofOthers(part), SHEET: "readonly" } },
    rules: { "no-unused-vars": ["error", { varsIgnorePattern: `^(${(PARTS[part] ?? []).join("|") || "$"})$` }] },
  })),
  { files: ["pages/families/scripts/phone.js"], languageOptions: { sourceType: "script", globals: globals.browser } },
  { files: ["pages/families/scripts/worker.js"], languageOptions: { sourceType: "script", globals: globals.serviceworker } },
  { files: ["server/**/*.js"], languageOptions: { sourceType: "script", globals: globals.browser } },
  { files: ["tests/**/*.mjs", "eslint.config.mjs"], languageOptions: { globals: globals.node } },
];
