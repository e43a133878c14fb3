import type { JSX } from "preact";
import type { Operator } from "../../state/operator";
import { ChangeSource } from "./AddedSourceSheet";
import { FramingSheet } from "./FramingSheet";
import { KeySheet } from "./SourceKey";

/** The sheet about a source that is open; when the source goes, it says so itself. */
export function SourceSheets({ operator }: { operator: Operator }): JSX.Element | null {
  const { console, thumbnails, library } = operator;
  const sheet = console.sheet.value;
  if (!sheet) return null;
  const close = (): void => {
    console.sheet.value = null;
  };
  if (sheet.of === "change") return <ChangeSource sheet={sheet} operator={operator} onClose={close} />;
  if (sheet.of === "key") return <KeySheet sheet={sheet} console={console} onClose={close} />;
  return (
    <FramingSheet sheet={sheet} console={console} thumbnails={thumbnails} library={library} onClose={close} />
  );
}
