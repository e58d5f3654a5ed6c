// The editor, loaded at the first Edit: CodeMirror with what a cell of Python needs.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/**
 * @typedef {object} Wishes
 * @property {string} label for screen readers
 * @property {(moveOn: boolean) => void} onRun
 * @property {() => void} onLeave Escape was pressed
 * @property {(text: string) => void} onChange
 */

/**
 * @typedef {object} Editor
 * @property {() => string} text
 * @property {() => void} focus
 * @property {(line: number, why: string) => void} markLine marks a line and shows it
 * @property {() => void} clearMark
 * @property {() => void} destroy
 */

/** @type {import("@codemirror/state").StateEffectType<{line: number, why: string}|null>} */
const setMark = StateEffect.define();

/** The marked line. An edit of that line takes the mark away. */
const markField = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    if (transaction.docChanged) {
      const touched = new Set();
      transaction.changes.iterChangedRanges((_fromA, _toA, fromB, toB) => {
        for (let at = fromB; at <= toB; at = transaction.newDoc.lineAt(at).to + 1) touched.add(transaction.newDoc.lineAt(at).from);
      });
      next = next.update({ filter: (from) => !touched.has(from) });
    }
    for (const effect of transaction.effects) {
      if (!effect.is(setMark)) continue;
      if (effect.value === null) next = Decoration.none;
      else {
        const { line, why } = effect.value;
        const at = transaction.newDoc.line(Math.min(Math.max(line, 1), transaction.newDoc.lines));
        const attributes = { "aria-invalid": "true", title: why };
        next = Decoration.set([Decoration.line({ class: "live-failed-line", attributes }).range(at.from)]);
      }
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * @param {HTMLElement} parent
 * @param {string} text
 * @param {Wishes} wishes
 * @returns {Editor}
 */
export function createEditor(parent, text, { label, onRun, onLeave, onChange }) {
  const run = (/** @type {boolean} */ moveOn) => () => {
    onRun(moveOn);
    return true;
  };
  const leave = () => {
    onLeave();
    return true;
  };
  const hint = document.createElement("p");
  hint.className = "live-hint";
  hint.id = `live-hint-${Math.random().toString(36).slice(2)}`;
  hint.textContent = "Ctrl+Enter runs, Shift+Enter runs and moves on, Tab indents, Esc leaves the editor.";
  const view = new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          { key: "Ctrl-Enter", mac: "Cmd-Enter", run: run(false) },
          { key: "Ctrl-Enter", run: run(false) },
          { key: "Shift-Enter", run: run(true) },
          { key: "Escape", run: leave },
          indentWithTab,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        highlightSpecialChars(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        python(),
        syntaxHighlighting(classHighlighter),
        markField,
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-describedby": hint.id,
          autocapitalize: "off",
          autocorrect: "off",
          spellcheck: "false",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  const holder = document.createElement("div");
  holder.className = "live-editor";
  holder.append(view.dom, hint);
  parent.append(holder);
  return {
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    markLine(line, why) {
      view.dispatch({ effects: setMark.of({ line, why }) });
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      view.dispatch({ effects: EditorView.scrollIntoView(at.from, { y: "nearest" }) });
    },
    clearMark: () => view.dispatch({ effects: setMark.of(null) }),
    destroy() {
      view.destroy();
      holder.remove();
    },
  };
}
