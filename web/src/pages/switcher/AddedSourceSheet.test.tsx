import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../client/api";
import { sourcesApi } from "../../client/library";
import type { DeviceView, SourceView } from "../../client/types";
import { type Mixing, NOTHING } from "../../state/mixing";
import type { Operator } from "../../state/operator";
import { FRESH_DRAFT } from "../../state/source-draft";
import { AddSource, ChangeSource } from "./AddedSourceSheet";

const ADDRESS = "rtsp://camera.example/1";
const CAMERA: DeviceView = { url: "/dev/video0", kind: "camera", label: "Desk camera" };
const STREAM = {
  ...FRESH_DRAFT,
  id: "stage",
  kind: "url",
  label: "Stage",
  url: "rtsp://***@camera.example/1",
  zoom: 1,
  clip: null,
} as SourceView;

const make = vi.spyOn(sourcesApi, "make");
const save = vi.spyOn(sourcesApi, "save");
const devices = vi.spyOn(sourcesApi, "devices");
const close = vi.fn();

const mixingOf = (...sources: SourceView[]): Mixing =>
  ({ ...NOTHING, board: { sources, tags: { sources: { stage: "one" } } } }) as unknown as Mixing;

function operatorOf(mixing = signal(mixingOf())): Operator {
  const list = signal({ media: [{ id: "soon.png", kind: "still" }] });
  return { mixing, library: { list, load: () => Promise.resolve() } } as unknown as Operator;
}

const pick = (kind: string): Promise<unknown> =>
  act(() => void fireEvent.click(screen.getByRole("button", { name: kind })));
const type = (label: string, value: string): Promise<unknown> =>
  act(() => void fireEvent.input(screen.getByLabelText(label), { target: { value } }));
const choose = (label: string, value: string): Promise<unknown> =>
  act(() => void fireEvent.change(screen.getByLabelText(label), { target: { value } }));
const whyNot = (button: string): string | null =>
  screen.getByRole("button", { name: button }).getAttribute("data-why");

beforeEach(() => {
  devices.mockResolvedValue({ devices: [CAMERA] });
  make.mockResolvedValue({ source: STREAM });
  save.mockResolvedValue({});
});

afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

describe("a source that is added", () => {
  it("is a stream by its address, named by its server where nobody names it", async () => {
    render(<AddSource operator={operatorOf()} onClose={close} />);
    expect(whyNot("Add")).toBe("There is no address yet.");
    await type("Address", "camera.mp4");
    expect(whyNot("Add")).toContain("begins with rtsp://");
    await type("Address", ` ${ADDRESS} `);
    await act(() => void fireEvent.click(screen.getByLabelText(/Record it by itself/)));
    await act(() => void fireEvent.click(screen.getByLabelText(/Fixed playout delay/)));
    await choose("Playout delay (ms)", "500");
    await pick("Add");
    const wanted = { kind: "url", url: ADDRESS, label: "camera.example", iso: true, playout_ms: 500 };
    expect(make.mock.lastCall?.[0]).toMatchObject(wanted);
    await waitFor(() => expect(close).toHaveBeenCalled());
  });

  it("is a path of the hub by its name, kept by itself where that is wanted", async () => {
    render(<AddSource operator={operatorOf()} onClose={close} />);
    await pick("Path of the hub");
    expect(whyNot("Add")).toBe("There is no path yet.");
    await type("Path", " camera-2 ");
    await act(() => void fireEvent.click(screen.getByLabelText(/Record it by itself/)));
    await pick("Add");
    const wanted = { kind: "hub", url: "camera-2", label: "camera-2", iso: true, playout_ms: null };
    expect(make.mock.lastCall?.[0]).toMatchObject(wanted);
  });

  it("is a slate of words, a colour and a still, and takes no address along", async () => {
    render(<AddSource operator={operatorOf()} onClose={close} />);
    await type("Address", ADDRESS);
    await pick("Slate");
    expect(whyNot("Add")).toBe("There is no text yet.");
    await type("Text", " Back at eight ");
    await choose("Colour", "#2060a0");
    await choose("Still", "soon.png");
    await pick("Add");
    const wanted = { kind: "slate", label: "Back at eight", color: "#2060a0", slate: "soon.png", url: "" };
    expect(make.mock.lastCall?.[0]).toMatchObject(wanted);
  });

  it.each([
    ["Colour", { kind: "color", label: "Colour", url: "" }],
    ["Test pattern", { kind: "pattern", label: "Test pattern", url: "" }],
  ])("needs nothing to be a %s", async (kind, wanted) => {
    render(<AddSource operator={operatorOf()} onClose={close} />);
    await pick(kind);
    await pick("Add");
    expect(make.mock.lastCall?.[0]).toMatchObject(wanted);
  });

  it("is a camera of the server's machine, at the size that is asked for", async () => {
    render(<AddSource operator={operatorOf()} onClose={close} />);
    await waitFor(() => expect(whyNot("Camera or sound input")).toBeNull());
    await pick("Camera or sound input");
    await choose("Picture", "1280×720 30 fps");
    await pick("Add");
    expect(make.mock.lastCall?.[0]).toMatchObject({
      kind: "device",
      url: CAMERA.url,
      label: CAMERA.label,
      capture: { width: 1280, height: 720, frame_rate: 30 },
    });
  });

  it.each([
    ["there is none", [], []],
    ["it is a source already", [CAMERA], [{ ...STREAM, id: "desk", kind: "device", url: CAMERA.url }]],
  ])("is no camera where %s", async (_, found, sources) => {
    devices.mockResolvedValue({ devices: found });
    render(
      <AddSource operator={operatorOf(signal(mixingOf(...(sources as SourceView[]))))} onClose={close} />,
    );
    await waitFor(() => expect(whyNot("Camera or sound input")).toContain("finds no camera"));
  });

  it("says at the field why it is refused, once", async () => {
    make.mockRejectedValueOnce(new ApiError(422, "bad_value", "url: is not a URL of rtsp"));
    render(<AddSource operator={operatorOf()} onClose={close} />);
    await type("Address", "srt://camera.example");
    await pick("Add");
    await waitFor(() => expect(screen.getAllByText(/is not a URL of rtsp/i)).toHaveLength(1));
    expect(screen.getByLabelText("Address").getAttribute("aria-invalid")).toBe("true");
    expect(close).not.toHaveBeenCalled();
  });
});

describe("a source that is changed", () => {
  const sheet = { of: "change", source: STREAM, name: "Stage" } as const;

  it("keeps what its form does not have, as it is now, and names what it was", async () => {
    const mixing = signal(mixingOf(STREAM));
    render(<ChangeSource sheet={sheet} operator={operatorOf(mixing)} onClose={close} />);
    mixing.value = mixingOf({ ...STREAM, zoom: 2 });
    await type("Name (may stay empty)", "Balcony");
    expect(screen.queryByRole("alert")).toBeNull();
    await pick("Save");
    expect(save).toHaveBeenCalledWith({ ...STREAM, label: "Balcony", zoom: 2 }, "one");
    await waitFor(() => expect(close).toHaveBeenCalled());
  });

  it("wants a login that is not shown anew, once another address is written", async () => {
    render(<ChangeSource sheet={sheet} operator={operatorOf(signal(mixingOf(STREAM)))} onClose={close} />);
    expect(whyNot("Save")).toBeNull();
    await type("Address", "rtsp://***@camera.example/2");
    expect(whyNot("Save")).toContain("have to be written anew");
    await type("Address", "rtsp://user@camera.example/2");
    expect(whyNot("Save")).toBeNull();
  });

  it("says that somebody else has changed or removed it", async () => {
    const mixing = signal(mixingOf(STREAM));
    render(<ChangeSource sheet={sheet} operator={operatorOf(mixing)} onClose={close} />);
    mixing.value = mixingOf({ ...STREAM, label: "Theirs" });
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("changed it meanwhile"));
    mixing.value = mixingOf();
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("removed this source"));
    expect(whyNot("Save")).toBe("Somebody else has removed this source.");
  });
});
