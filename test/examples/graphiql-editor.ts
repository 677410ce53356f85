// What runs in the browser, on GraphiQL's page.

interface EditorElement {
  readonly CodeMirror: { readonly operationName?: string; setValue(value: string): void };
}

declare const document: { querySelector(selector: string): EditorElement };

/** GraphiQL takes a moment to notice that its editor holds another operation. */
export function operationIs(name: string | null): boolean {
  return (
    (document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.operationName ?? null) === name
  );
}

/** @param edit the editor's selector, and what it is to hold */
export function setEditor([editor, text]: readonly [string, string]): void {
  document.querySelector(`${editor} .CodeMirror`).CodeMirror.setValue(text);
}
