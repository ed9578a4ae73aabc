// Completion of placeholders in the code editor: what the sample has a value for is offered behind
// two opening braces, and with Ctrl+Space inside them.
"use strict";

// Offer them in `editor`. `paths()` returns each placeholder as it is written, and with its value.
function completePlaceholders(editor, paths) {
  const begun = /\{\{\s*([\w.]*)$/;
  const before = () => {
    const at = editor.getCursorPosition();
    return { at, found: begun.exec(editor.session.getLine(at.row).slice(0, at.column)) };
  };
  const complete = {
    id: "placeholders",
    identifierRegexps: [/[\w.]/],
    triggerCharacters: ["{", " "],
    getCompletions(_editor, _session, _position, _prefix, callback) {
      if (!before().found) return callback(null, []);
      const names = paths().filter(([code]) => code.startsWith("{{"));
      callback(null, names.map(([code, shown]) => {
        const name = code.slice(2, -2).trim();
        const meta = shown.slice(name.length + 2, name.length + 32);
        return { caption: name, value: name, meta, completer: complete };
      }));
    },
    // The braces are closed, unless the editor has done it as they were opened.
    insertMatch(_editor, chosen) {
      const { at, found } = before();
      const rest = editor.session.getLine(at.row).slice(at.column);
      const closed = /^[\w.]*\s*\}{0,2}/.exec(rest)[0];
      const start = { row: at.row, column: at.column - found[0].length };
      const end = { row: at.row, column: at.column + closed.length };
      editor.session.replace({ start, end }, `{{ ${chosen.value} }}`);
      editor.clearSelection();
    },
  };
  // A space behind the braces begins the name anew: Ace would look for names with a space in them.
  editor.commands.on("afterExec", ({ command, args }) => {
    if (command.name === "insertstring" && args === " ") editor.completer?.detach();
  });
  editor.setOptions({ enableBasicAutocompletion: [complete], enableLiveAutocompletion: [complete] });
}
