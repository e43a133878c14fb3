import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import type { Operator } from "../../state/operator";
import { canvasTexts as say } from "../../texts.canvas";
import { Drawer } from "../../ui/Drawer";
import { LivePicture } from "../../ui/LivePicture";
import "../../styles/second-canvas.css";

const SECOND = "second";

/** What goes out on the second canvas; nobody reads it once this is closed. */
export function SecondDrawer({
  operator,
  onClose,
}: {
  operator: Operator;
  onClose: () => void;
}): JSX.Element | null {
  const size = useComputed(() => operator.mixing.value.second).value;
  if (!size) return null;
  const { width, height } = size;
  return (
    <Drawer title={say.title} onClose={onClose}>
      <div class="drawer-body second-canvas" style={{ "--shape": width / height }}>
        <LivePicture
          path={SECOND}
          label={say.title}
          words={{ opening: say.opening, failed: say.failed }}
          reach={operator.reach}
        />
        <p class="desk-hint">
          <b>{say.size(width, height)}</b> {say.follows}
        </p>
      </div>
    </Drawer>
  );
}
