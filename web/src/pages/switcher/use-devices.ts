import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, unexpected } from "../../client/api";
import { sourcesApi } from "../../client/library";
import type { DeviceView } from "../../client/types";
import { wordsOf } from "../../state/commands";
import { sentences } from "../../state/format";

export interface Devices {
  /** Those of the server's machine; null until it has told them. */
  list: readonly DeviceView[] | null;
  /** Why it does not tell. */
  failure: string;
}

const ASKING: Devices = { list: null, failure: "" };

/** The cameras and sound inputs of the server's machine, as they are when a form opens. */
export function useDevices(): ReadonlySignal<Devices> {
  const devices = useSignal(ASKING);
  useEffect(() => {
    const ask = async (): Promise<void> => {
      try {
        devices.value = { list: (await sourcesApi.devices()).devices, failure: "" };
      } catch (error) {
        const refusal = error instanceof ApiError ? error : unexpected(error);
        devices.value = { list: null, failure: sentences(...wordsOf(refusal)) };
      }
    };
    void ask();
  }, []);
  return devices;
}
